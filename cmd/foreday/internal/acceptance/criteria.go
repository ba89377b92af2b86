package main

// criterion is one of the owner's story.
type criterion struct {
	title string
	shown []evidence
}

// evidence is how a criterion is shown: something that is run.
type evidence struct {
	how    string // in plain words
	source source
}

// criteria are the story's, in its order.
var criteria = []criterion{
	{"Redis is set up and configured", []evidence{
		{"foreday doctor, on the deployment that this page is about", looked((*deployment).doctor)},
		{"servers, Cluster, Sentinel; an eviction policy or password that is wrong", tests{"cmd/foreday",
			"TestDoctorWorksOnEveryKindOfRedis", "TestAPolicyThatEvictsIsSaidOnceAndByReadyz", "TestAWrongPasswordIsSaidAndWaitedFor"}},
	}},
	{"Daily summaries are cached", []evidence{
		{"each user's day read twice over HTTP", looked((*deployment).readTwice)},
		{"a hit asks nothing of the workers; many readers cause one refresh", tests{"cache",
			"TestAFreshSummaryIsAHitAndAsksNothingOfTheWorkers", "TestManyReadersOfOneMissingDayCauseOneRefresh"}},
	}},
	{"Google Calendar and OpenAI are called within their rate limits", []evidence{
		{"4 workers, ten times too much to do, a stand-in that counts", measured{
			"quota --part requests --for 90s", "{violations} calls over a limit; {utilisation_requests} of what is allowed was used",
			[]want{{"violations", exactly, 0}, {"utilisation_requests", atLeast, 0.8}}}},
		{"any window, any user, Retry-After, Google's refusals, a daily budget", tests{"worker/quota",
			"TestNoWindowHoldsMoreThanTheLimitWhateverHappens", "TestACallOverAUsersLimitIsPutOffAndOthersAreNot",
			"TestWhenTheUpstreamSaysRetryAfterNoProcessCallsBeforeThen", "TestGooglesRefusalsHoldWhomTheyMean",
			"TestADaysTokensOfOneUserRunOut"}},
	}},
	{"An event that is created invalidates the summary", []evidence{
		{"an event created for each user, published to the stream", looked((*deployment).edit)},
		{"once published, nothing fetched before it is fresh", tests{"worker",
			"TestOncePublishedNothingFetchedBeforeIsFresh", "TestAMessageLeadsToAFreshSummaryThatHoldsTheEvent"}},
	}},
	{"Times to live are configured", []evidence{
		{"set to 20 minutes and 6 hours, read back from Redis", looked((*deployment).lifetimes)},
		{"a bad setting ends the program, and is named", tests{"cmd/foreday", "TestABadSettingEndsTheProgramWithStatus2AndOneLineThatNamesIt"}},
	}},
	{"The gain in performance can be measured", []evidence{
		{"foreday bench report: a hit, and a summary made without a cache", measured{
			latencyAndDay, "{hit_p50_us} µs against {no_cache_p50_ms} ms: {no_cache_vs_hit} times as fast",
			[]want{{"no_cache_vs_hit", atLeast, 1000}}}},
		{"the same, a day of 100 people: what the cache saves", measured{
			latencyAndDay, "saved: {day_google_requests_saved} of the requests to Google, {day_model_requests_saved} of the model's",
			[]want{{"day_google_requests_saved", atLeast, 0.3}, {"day_model_requests_saved", atLeast, 0.5}}}},
	}},
	{"Errors of the connection to Redis are handled", []evidence{
		{"200 reads/s while Redis is killed, hangs, loses packets, is full", measured{
			outages,
			"{reads} reads, share answered {answered}; {stale_as_fresh} stale as fresh; p99 {p99_ms} ms; in use again after {recovered_s} s",
			[]want{{"answered", exactly, 1}, {"stale_as_fresh", exactly, 0}, {"recovered_s", atMost, 10}}}},
		{"every process starts without Redis, and goes on once it is there", tests{"cmd/foreday",
			"TestEveryProcessStartsWithoutRedisAndGoesOnOnceItIsThere"}},
		{"no message is lost in an outage, however long", tests{"events",
			"TestARestartOfRedisLosesNothingAndIsLoggedOnce", "TestAnOutageIsWaitedOutHoweverLongItLasts"}},
	}},
	{"Readers are served without the cache", []evidence{
		{"Redis killed; all days read, and one never made before", looked((*deployment).withoutRedis)},
		{"a Redis that hangs, takes no writes, or comes back", tests{"cache", "TestARedisThatHangsIsGivenUpInTime",
			"TestARedisThatTakesNoWritesStillServesWhatItHas", "TestARedisThatDiesIsBypassedAndUsedAgainOnceItIsBack"}},
	}},
	{"Hits and misses are monitored", []evidence{
		{"/metrics of the API, beside what its readers were told", looked((*deployment).counts)},
		{"all metrics on every process; the alerts name none that is not", tests{"cmd/foreday", "TestEveryMetricIsOnEveryProcess"}},
	}},
	{"It is tested under load", []evidence{
		{"1,000 messages/s over 200 users, to the fresh summary", measured{
			"freshness --for 5s", "p50 {busy_p50_ms} ms, p99 {busy_p99_ms} ms", []want{{"busy_p99_ms", atMost, 5000}}}},
		{"1,000 readers at once of a summary that is not there", measured{
			"stampede", "generations: {generations}; share answered: {answered}",
			[]want{{"generations", exactly, 1}, {"answered", exactly, 1}}}},
		{"a thousand messages during a refresh cause exactly one more", tests{"worker",
			"TestAThousandMessagesDuringARefreshCauseExactlyOneMore"}},
	}},
	{"The gain is measured and documented", []evidence{
		{"README.md, \"Measured\": its figure beside the one of this run", read(documentedGain)},
	}},
	{"The caching strategy is documented", []evidence{
		{"README.md, \"Caching strategy\": each topic, with where it is told", read(documentedStrategy)},
	}},
	{"Only processed summaries are kept", []evidence{
		{"every key and value of Redis, searched for what was planted", looked((*deployment).kept)},
		{"in logs and jobs nothing of the calendar; routines hold no title", tests{"worker",
			"TestLogsAndJobsHoldNothingOfTheCalendar", "TestWhatIsLearntHoldsNoTitleAndIsSealed"}},
		{"with FOREDAY_KEY, all that is told is sealed", tests{"cmd/foreday", "TestTheKeySealsWhatLiesInRedis"}},
	}},
	{"Redis Cluster is considered for production", []evidence{
		{"six nodes, two workers; a master dies under load, in two ways", tests{"cmd/foreday", "TestAMastersEndIsItsOwnUsersTroubleAndSoonOver"}},
		{"a refresh and its limits on a cluster", tests{"worker", "TestAClusterWorksTheSame"}},
		{"the stream on a cluster", tests{"events", "TestAClusterWorksTheSame", "TestTheMessagesOfAUserThatWaitAreFoundOnACluster"}},
		{"the limits' ledger on a cluster", tests{"worker/quota", "TestTheLedgerWorksOnACluster"}},
	}},
}

// What several criteria are shown by is run once.
const (
	latencyAndDay = "report --part latency --part day"
	outages       = "report --part outage --for 2s"
)
