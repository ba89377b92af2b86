package noveltytest

// moreLives are people whose habits are other than those of lives: whose titles
// carry numbers, dates, links or symbols, who take turns of so many days, or
// whose house is full of groups.
var moreLives = []life{
	{
		name: "developer", zone: "America/New_York", oneOffs: 70, once: english, names: everyone,
		seldom: []string{"Incident review", "Design doc reading", "Flu shot"},
		routines: []routine{
			{titles: []string{"Sprint # review"}, rule: fortnightly + "FR", at: "15:00", minutes: 60, single: true, moved: 2},
			{titles: []string{"1:1 Anna/Bob", "BOB / ANNA 1-1", "Anna <> Bob 1:1"}, rule: weekly + "TU", at: "13:00", minutes: 30, single: true, moved: 2},
			{titles: []string{"Weekly sync https://meet.example.com/#"}, rule: weekly + "WE", at: "11:00", minutes: 30, single: true, moved: 1},
			{titles: []string{"Stand-up", "Standup", "STANDUP"}, rule: workdays, at: "09:45", minutes: 15, single: true, skipped: .05, moved: 1},
			{titles: []string{"Q&A (all hands)"}, rule: monthly + "1TH", at: "16:00", minutes: 60, moved: 1, renamed: []string{"All hands: results"}},
			{titles: []string{"FW: [EXT] Vendor call"}, rule: weekly + "TH", at: "14:00", minutes: 30, moved: 1, skipped: .1},
			{titles: []string{"Release v#"}, rule: "FREQ=MONTHLY;BYMONTHDAY=15", at: "14:00", minutes: 60, single: true},
		},
	},
	{
		name: "planner", zone: "Europe/Vienna", oneOffs: 60, once: german, names: everyone,
		seldom: []string{"Zahnarzt", "Reifenwechsel", "Betriebsrat"},
		routines: []routine{
			{titles: []string{"KW # Planung"}, rule: weekly + "MO", at: "08:30", minutes: 60, single: true, skipped: .05, moved: 2},
			{titles: []string{"Jour fixe", "Jour fixe 14:00", "Jour-fixe"}, rule: weekly + "TU", at: "14:00", minutes: 60, single: true, moved: 2},
			{titles: []string{"Bereitschaft"}, rule: "FREQ=DAILY;INTERVAL=9", single: true, moved: 2},
			{titles: []string{"Biotonne"}, rule: fortnightly + "TH", moved: 1},
			{titles: []string{"Rückenschule", "Rueckenschule", "Rückenschule!"}, rule: weekly + "MO,WE", at: "18:00", minutes: 60, drift: 20, single: true, skipped: .1, moved: 1},
			{titles: []string{"Stammtisch"}, rule: monthly + "1MO", at: "19:30", minutes: 180, moved: 2, skipped: .1},
			{titles: []string{"Quartalsabschluss"}, rule: "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1FR", at: "10:00", minutes: 120},
		},
	},
	{
		name: "house of groups", zone: "Europe/London", oneOffs: 40, once: []string{"Wedding hire: %s", "Baby shower %s", "Open day for %s", "Funeral tea %s"}, names: everyone,
		seldom: []string{"Boiler service", "Trustees"},
		routines: []routine{
			{titles: []string{"Zumba Gold"}, rule: weekly + "MO", at: "09:30", minutes: 60, moved: 1, skipped: .05},
			{titles: []string{"Knit & Natter"}, rule: weekly + "TU", at: "13:00", minutes: 120, moved: 1, renamed: []string{"Knit & Natter Christmas lunch"}},
			{titles: []string{"Toddler group"}, rule: weekly + "WE,FR", at: "10:00", minutes: 90, moved: 1, skipped: .05},
			{titles: []string{"Job club"}, rule: fortnightly + "TH", at: "11:00", minutes: 60, moved: 1},
			{titles: []string{"Tea dance"}, rule: monthly + "4FR", at: "14:30", minutes: 120, moved: 1, skipped: .1},
			{titles: []string{"Karate juniors"}, rule: weekly + "SA", at: "10:00", minutes: 60, moved: 1},
			{titles: []string{"Karate seniors"}, rule: weekly + "SA", at: "11:00", minutes: 60},
			{titles: []string{"Foodbank"}, rule: weekly + "MO,TH", at: "12:00", minutes: 120, split: true},
			{titles: []string{"Men's Shed", "Mens Shed", "Men’s shed"}, rule: weekly + "TH", at: "09:00", minutes: 180, single: true, skipped: .05, moved: 1},
			{titles: []string{"Ward surgery"}, rule: monthly + "1SA", at: "10:00", minutes: 60, renamed: []string{"Ward surgery with the mayor"}},
		},
	},
	{
		name: "emoji friend", zone: "Asia/Jerusalem", oneOffs: 50, once: []string{"🎂 %s", "✈️ %s", "פגישה עם %s", "🎤 %s", "תור אצל %s", "🍕 + %s"}, names: everyone,
		seldom: []string{"🦷", "🚗 טסט"},
		routines: []routine{
			{titles: []string{"🏋️ Gym"}, rule: weekly + "SU,TU,TH", at: "06:30", minutes: 60, drift: 20, single: true, skipped: .2, moved: 2},
			{titles: []string{"🗑️"}, rule: weekly + "WE", moved: 1},
			{titles: []string{"💊"}, rule: daily, at: "08:00", minutes: 5},
			{titles: []string{"ישיבת צוות"}, rule: weekly + "SU", at: "09:30", minutes: 60, moved: 2, renamed: []string{"ישיבת צוות חגיגית"}},
			{titles: []string{"יוגה", "🧘 יוגה", "יוֹגָה"}, rule: weekly + "MO,WE", at: "18:30", minutes: 75, single: true, skipped: .1, moved: 1},
			{titles: []string{"📞 סבתא"}, rule: weekly + "FR", at: "11:00", minutes: 30, moved: 1},
		},
	},
	{
		name: "coordinator", zone: "Europe/Brussels", oneOffs: 60, once: english, names: everyone,
		seldom: []string{"Visa office", "Budget review"},
		routines: []routine{
			{titles: []string{"Team sync"}, rule: weekly + "TU", at: "10:00", minutes: 60, single: true, moved: 1, extra: true, calledOff: "Canceled: ", padded: []string{"Team Sync Meeting", "Team sync call"}},
			{titles: []string{"Monthly meeting"}, rule: "FREQ=MONTHLY;BYMONTHDAY=15", at: "11:00", minutes: 90, single: true, padded: []string{"Monthly Meeting Discussion"}},
			{titles: []string{"Jour fixe"}, rule: fortnightly + "TH", at: "14:00", minutes: 60, single: true, extra: true, calledOff: "Abgesagt: ", padded: []string{"Jour fixe Besprechung"}},
			{titles: []string{"Point d'équipe"}, rule: workdays, at: "09:00", minutes: 15, single: true, skipped: .02, calledOff: "Annulé : "},
			{titles: []string{"Rowing"}, rule: weekly + "MO,WE,FR", at: "07:00", minutes: 60, single: true, extra: true},
			{titles: []string{"Bottle bank"}, rule: fortnightly + "MO", single: true, extra: true},
			{titles: []string{"First aid course 2024"}, rule: daily, at: "09:00", minutes: 420, single: true, from: "2024-06-03", until: "2024-06-07"},
			{titles: []string{"First aid course 2025"}, rule: daily, at: "09:00", minutes: 420, single: true, from: "2025-05-19", until: "2025-05-19", anew: true},
			{titles: []string{"Dutch, level 1"}, rule: weekly + "TH", at: "19:00", minutes: 90, single: true, from: "2024-09-05", until: "2024-11-28"},
			{titles: []string{"Dutch, level 2"}, rule: weekly + "TH", at: "19:00", minutes: 90, single: true, from: "2025-04-03", until: "2025-06-26", anew: true},
			{titles: []string{"Trail race 1"}, rule: daily, single: true, from: "2024-04-07", until: "2024-04-07"},
			{titles: []string{"Trail race 2"}, rule: daily, single: true, from: "2024-05-26", until: "2024-05-26"},
			{titles: []string{"Trail race 3"}, rule: daily, single: true, from: "2024-06-08", until: "2024-06-08"},
			{titles: []string{"Trail race 4"}, rule: daily, single: true, from: "2024-10-27", until: "2024-10-27"},
			{titles: []string{"Trail race 5"}, rule: daily, single: true, from: "2024-11-03", until: "2024-11-03", anew: true},
			{titles: []string{"Trail race 6"}, rule: daily, single: true, from: "2025-03-30", until: "2025-03-30", anew: true},
		},
	},
}
