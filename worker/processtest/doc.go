// Package processtest runs foreday as its operators do, as processes, for benches, the
// soak and tests of whole commands. [Start] starts one and hands on what it says;
// [Environment] is what all of them need of the environment. What was measured of them
// is told by [Percentile].
package processtest
