// Package dashboard serves asynqmon, the operators' view of the job queues, so that
// it can be looked at and nothing more: nothing can be changed, who may look is
// asked, and the page needs no other host. It is a package of its own because
// asynqmon is large, and whoever only works or reads need not link it.
package dashboard
