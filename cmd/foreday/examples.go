package main

// examples are what --help shows of each command. A test runs them through the
// parser.
var examples = map[string][]string{
	"": {
		"foreday demo                    see all of it at work, in seconds",
		"foreday up --sandbox            the same to try an app on, without accounts",
		"foreday help settings           what can be set, by the environment",
	},
	"demo": {
		"foreday demo",
		"foreday demo --ics calendar.ics --date tomorrow",
	},
	"up": {
		"foreday up --sandbox",
		"FOREDAY_TOKEN_URL=https://app.example.com/tokens foreday up",
	},
	"worker": {
		"REDIS_URL=redis://localhost:6379 foreday worker",
		"foreday worker --metrics-port 9090 --witness",
	},
	"api": {
		"REDIS_URL=redis://localhost:6379 foreday api",
		"foreday api --port 8080",
	},
	"dashboard": {
		"REDIS_URL=redis://localhost:6379 foreday dashboard",
		"foreday dashboard --port 8081",
	},
	"sandbox": {
		"foreday sandbox --users 2000 --env-file sandbox.env",
		`foreday sandbox event u1 "Dentist" --start "today 15:00" --publish`,
	},
	"sandbox serve": {
		"foreday sandbox --users 2000 --env-file sandbox.env",
		"foreday sandbox --google-delay 300ms --openai-faults 0.2",
	},
	"sandbox event": {
		`foreday sandbox event u1 "Dentist" --start "today 15:00" --publish`,
		`foreday sandbox event u1 "Fair" --start tomorrow --json`,
	},
	"publish": {
		"foreday publish --type calendar.changed --user u1 --start today --end tomorrow",
		"foreday publish --type calendar.changed --user u1",
	},
	"get": {
		"foreday get u1",
		"foreday get u1 tomorrow --fresh --json",
	},
	"why": {
		"foreday why u1",
		"foreday why u1 tomorrow --json",
	},
	"users": {
		"foreday users get u1",
		"foreday users set u1 --threshold 0.4",
	},
	"users set": {
		"foreday users set u1 --threshold 0.4",
		"foreday users set u1 --reset --exclude primary",
	},
	"users get": {
		"foreday users get u1",
		"foreday users get u1 --json",
	},
	"explain": {
		"foreday explain --ics calendar.ics --date tomorrow",
		"foreday explain --user u1 --json",
	},
	"connect": {
		"foreday connect u1",
		"foreday connect u1 --account ann@example.com --browser never",
	},
	"disconnect": {
		"foreday disconnect u1",
		"foreday disconnect u1 --json",
	},
	"stats": {
		"foreday stats",
		"foreday stats --json",
	},
	"doctor": {
		"foreday doctor --user u1        with a look into that user's calendar",
		"foreday doctor --json",
	},
	"witness": {
		"foreday witness --metrics-port 9091",
		"foreday witness --for 15m --json",
	},
	"redis": {
		"foreday redis GET 'foreday:{u1}:zone'",
		"foreday redis --json XINFO GROUPS foreday:events",
	},
	"dead": {
		"foreday dead list",
		"foreday dead replay --all",
	},
	"dead list": {
		"foreday dead list",
		"foreday dead list --reason offset --json",
	},
	"dead replay": {
		"foreday dead replay 1795906102022-0",
		"foreday dead replay --reason offset",
	},
	"dead drop": {
		"foreday dead drop 1795906102022-0",
		"foreday dead drop --all",
	},
	"bench": {
		"foreday bench freshness",
		"foreday bench report --report report.html",
		"foreday bench novelty --ics calendar.ics --json",
	},
	"version": {
		"foreday version",
		"foreday version --json",
	},
	"completion": {
		"source <(foreday completion bash)",
		"foreday completion fish > ~/.config/fish/completions/foreday.fish",
	},
	"help": {
		"foreday help get",
		"foreday help settings",
	},
}
