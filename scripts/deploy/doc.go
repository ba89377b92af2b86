// Package deploy holds what runs foreday on more than one machine: units for systemd, a
// container file, and manifests for Kubernetes. Its tests read them as those do; that what
// they start is there, and serves, is for tests of the program to say.
package deploy

//go:generate sh -c "go run ./schema > kubernetes/schema.json"
