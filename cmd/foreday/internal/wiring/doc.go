// Package wiring has the settings of all commands, and puts the parts of foreday
// together by them.
//
//	environment, flags ──► SystemSettings ──► New ──► System
//	                                                   │ RunWorker   stream ──► jobs ──► fresh summaries
//	                                                   │ Reader      summaries, for whoever asks
//	                                                   │ API         the same over HTTP, and messages to the stream
//	                                                   │ Publisher   messages to the stream
//	                                                   └ Generator   summaries without the cache
//
// Settings come in groups, which commands embed as they need them. Each is an environment
// variable, and a flag where that makes sense: secrets are not, as a command line is for
// everybody to see. The names of the groups are exported because the parser looks for
// hooks and checks in no others. A wrong value is an error of [BadSetting]'s, which names
// the setting, and ends the program with status 2.
//
// What commands that do not run all of it need is here alone, too: Redis
// ([RedisSettings.Open], [InProcessRedis]), the way to the calendars
// ([GoogleSettings], [NewSource]) and where the tokens of connected users are kept
// ([VaultOf]).
package wiring
