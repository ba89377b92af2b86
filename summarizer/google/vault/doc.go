// Package vault keeps one secret for each user: what they granted when they
// connected a calendar. It lies in Redis, where all processes share it, always
// sealed; or in files of one user of this machine, for whom runs without Redis.
//
//	         Load                Lease              Swap
//	┌──────┐ secret, version ┌─────────┐ one alone ┌─────────┐ only in place of
//	│ kept │ ──────────────► │ expired │ ────────► │ renewed │ that version
//	└──────┘                 └─────────┘           └─────────┘
//	    ▲                                               │
//	    └───────────────────────────────────────────────┘
//
// A version is the stored value itself: sealing never gives the same bytes twice,
// so what is compared and set is the truth, and no counter can be lost. The lease
// only keeps work from being done twice; a holder who is slow or has died, and
// whose lease has ended, can spoil nothing, as its Swap finds another version.
//
// Secrets are bytes that mean nothing here. Errors hold neither them nor users.
package vault
