package events

import (
	_ "embed"

	"github.com/redis/go-redis/v9"
)

// Scripts go by their hash, and are sent in full to a Redis that lacks them.
var (
	//go:embed trim.lua
	trimSource string
	trimScript = redis.NewScript(trimSource)

	//go:embed dropconsumers.lua
	dropConsumersSource string
	dropConsumersScript = redis.NewScript(dropConsumersSource)

	//go:embed writedead.lua
	writeDeadSource string
	writeDeadScript = redis.NewScript(writeDeadSource)

	//go:embed claim.lua
	claimSource string
	claimScript = redis.NewScript(claimSource)

	//go:embed unacknowledged.lua
	unacknowledgedSource string
	unacknowledgedScript = redis.NewScript(unacknowledgedSource)

	//go:embed replay.lua
	replaySource string
	replayScript = redis.NewScript(replaySource)
)
