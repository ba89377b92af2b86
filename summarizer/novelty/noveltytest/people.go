package noveltytest

// life is what a person does.
type life struct {
	name     string
	zone     string
	routines []routine
	seldom   []string // a few times in two years, at any time
	once     []string // what happens once; %s is a name
	names    []string
	oneOffs  int // how many of those
}

// routine is something done again and again.
type routine struct {
	titles  []string // the usual one, and how it is written now and then
	rule    string   // RRULE
	at      string   // "15:04"; "" is all day
	minutes int
	drift   int     // minutes that it may start early or late; single events only
	skipped float64 // the part of its occurrences that do not take place
	single  bool    // entered occurrence by occurrence, not as a series
	from    string  // first and last day, if not those of the calendar
	until   string
	moved   int      // how many occurrences are moved
	renamed []string // titles given to one occurrence each
	split   bool     // changed once for "this and all following"

	// Of single events only:
	padded    []string // titles given to one occurrence each, which mean the same
	extra     bool     // one occurrence is held again the day after
	calledOff string   // what the title of one that is cancelled begins with
	anew      bool     // its first occurrence is news, whatever is titled alike
}

const (
	daily       = "FREQ=DAILY"
	workdays    = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	weekly      = "FREQ=WEEKLY;BYDAY="
	fortnightly = "FREQ=WEEKLY;INTERVAL=2;BYDAY="
	monthly     = "FREQ=MONTHLY;BYDAY="
)

var (
	english = []string{"%s's leaving party", "Flat viewing at %s Road", "Dinner with %s", "Visit to %s", "Concert: %s",
		"Call %s about the roof",
		"%s's wedding", "Theatre with %s", "Interview with %s", "Repair at %s's", "Train to %s", "Lunch in %s"}
	german = []string{"Besuch bei %s", "Abendessen mit %s", "Konzert %s", "Ausflug nach %s", "%s vom Bahnhof abholen",
		"Besichtigung %sstraße", "Geburtstagsfeier %s"}
	french  = []string{"Dîner chez %s", "Visite du musée %s", "Réparation voiture %s", "Rendez-vous avec %s", "Voyage à %s"}
	spanish = []string{"Cena con %s", "Viaje a %s", "Reunión extraordinaria %s", "Cumpleaños de %s", "Visita a %s"}

	people = []string{"Amara", "Bogdan", "Chiara", "Dmitri", "Esther", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Kavya", "Leif", "Mirela",
		"Noor", "Oskar",
		"Paloma", "Quentin", "Rosa", "Sibel", "Tomasz", "Ulrike", "Viktor", "Wanda", "Xenia", "Yusuf", "Zoe"}
	places = []string{"Aberdeen", "Bath", "Calais", "Delft", "Evora", "Faro", "Ghent", "Hull", "Imola", "Jena", "Kiel", "Leeds", "Malmö",
		"Nice", "Oviedo",
		"Parma", "Riga", "Siena", "Turku", "Ulm", "Vigo", "Worms", "York", "Zadar"}
	everyone = append(append([]string{}, people...), places...)
)

var lives = []life{
	{
		name: "office worker", zone: "Europe/Berlin", oneOffs: 70, once: german, names: everyone,
		seldom: []string{"Zahnarzt", "Friseur", "Elternabend"},
		routines: []routine{
			{titles: []string{"Daily Standup"}, rule: workdays, at: "09:30", minutes: 15, skipped: .04, moved: 2},
			{titles: []string{"Teambesprechung"}, rule: weekly + "MO", at: "10:00", minutes: 60, moved: 2,
				renamed: []string{"Teambesprechung mit Vorstand"}},
			{titles: []string{"1:1 Priya"}, rule: fortnightly + "WE", at: "14:00", minutes: 30, moved: 1},
			{titles: []string{"Yoga", "Yoga 18:00", "YOGA"}, rule: weekly + "TU,TH", at: "18:00", minutes: 60, drift: 5, skipped: .1, single: true},
			{titles: []string{"Architekturrunde"}, rule: weekly + "TH", at: "15:30", minutes: 60, split: true},
			{titles: []string{"Monatsabschluss"}, rule: monthly + "-1FR", at: "16:00", minutes: 60},
			{titles: []string{"Mittagessen mit Sam", "Mittagessen Sam"}, rule: weekly + "FR", at: "12:30", minutes: 60, drift: 10, skipped: .2,
				single: true},
		},
	},
	{
		name: "student", zone: "America/New_York", oneOffs: 60, once: english, names: everyone,
		seldom: []string{"Study group", "Dentist", "Advisor meeting"},
		routines: []routine{
			{titles: []string{"Linear Algebra"}, rule: weekly + "MO,WE,FR", at: "09:00", minutes: 50, from: "2024-01-22", until: "2024-05-10"},
			{titles: []string{"Organic Chemistry"}, rule: weekly + "TU,TH", at: "11:00", minutes: 75, from: "2024-01-22", until: "2024-05-10",
				moved: 1},
			{titles: []string{"Statistics"}, rule: weekly + "MO,WE,FR", at: "10:00", minutes: 50, from: "2024-09-03", until: "2024-12-13", moved: 1},
			{titles: []string{"Genetics"}, rule: weekly + "TU,TH", at: "13:00", minutes: 75, from: "2025-01-21", until: "2025-05-09",
				renamed: []string{"Genetics midterm"}},
			{titles: []string{"Ecology"}, rule: weekly + "TU,TH", at: "09:30", minutes: 75, from: "2025-09-02", until: "2025-12-12"},
			{titles: []string{"Genetics lab, week #"}, rule: weekly + "WE", at: "14:00", minutes: 170, from: "2025-01-21", until: "2025-05-09",
				single: true},
			{titles: []string{"Swim practice", "swim practice", "Swim practise"}, rule: weekly + "TU,TH,SA", at: "06:30", minutes: 90, drift: 5,
				single: true, skipped: .1, moved: 1},
			{titles: []string{"Shift at the café", "Shift at the cafe"}, rule: weekly + "SU", at: "12:00", minutes: 300, skipped: .1, moved: 1},
			{titles: []string{"Call home"}, rule: weekly + "SU", at: "19:00", minutes: 30, drift: 20, single: true},
		},
	},
	{
		name: "parent", zone: "Europe/London", oneOffs: 80, once: english, names: everyone,
		seldom: []string{"Vaccination", "School photo", "Dentist Mia", "Dentist Leo"},
		routines: []routine{
			{titles: []string{"School run"}, rule: workdays, at: "08:20", minutes: 30, skipped: .1},
			{titles: []string{"Mia swimming", "Swimming Mia", "Mia - swimming"}, rule: weekly + "WE", at: "16:30", minutes: 45, drift: 5,
				single: true, skipped: .1, moved: 2},
			{titles: []string{"Leo football"}, rule: weekly + "SA", at: "09:00", minutes: 90, moved: 2,
				renamed: []string{"Leo football tournament"}},
			{titles: []string{"Bin day"}, rule: fortnightly + "TU", minutes: 0},
			{titles: []string{"PTA meeting"}, rule: monthly + "1TH", at: "19:30", minutes: 90, skipped: .1, single: true},
			{titles: []string{"Piano lesson Mia"}, rule: weekly + "MO", at: "17:00", minutes: 30, split: true, moved: 1},
			{titles: []string{"Date night"}, rule: fortnightly + "FR", at: "19:30", minutes: 180, drift: 30, single: true},
		},
	},
	{
		name: "shift worker", zone: "Europe/Warsaw", oneOffs: 40, once: []string{"Wizyta u %s", "Kolacja z %s", "Wyjazd do %s", "Naprawa auta %s",
			"Urodziny %s"}, names: everyone,
		seldom: []string{"Dentysta", "Przegląd auta"},
		routines: []routine{
			{titles: []string{"Zmiana ranna"}, rule: "FREQ=DAILY;INTERVAL=8", at: "06:00", minutes: 480, single: true, from: "2024-01-01"},
			{titles: []string{"Zmiana popołudniowa", "Zmiana popoludniowa"}, rule: "FREQ=DAILY;INTERVAL=8", at: "14:00", minutes: 480, single: true,
				from: "2024-01-03"},
			{titles: []string{"Zmiana nocna"}, rule: "FREQ=DAILY;INTERVAL=8", at: "22:00", minutes: 480, single: true, from: "2024-01-05"},
			{titles: []string{"Siłownia"}, rule: "FREQ=DAILY;INTERVAL=3", at: "17:00", minutes: 60, drift: 150, single: true, skipped: .3},
			{titles: []string{"Angielski"}, rule: weekly + "TH", at: "18:00", minutes: 60, moved: 2, renamed: []string{"Angielski: egzamin próbny"}},
		},
	},
	{
		name: "club", zone: "Europe/Vienna", oneOffs: 50, once: german, names: places,
		seldom: []string{"Vorstandssitzung", "Stimmbildung"},
		routines: []routine{
			{titles: []string{"Chorprobe"}, rule: weekly + "TU", at: "19:30", minutes: 120, skipped: .1, moved: 3,
				renamed: []string{"Generalprobe", "Chorprobe mit Orchester"}},
			{titles: []string{"Tai Chi", "8:45-9:45 -Tai Chi", "T'ai Chi", "TAI CHI"}, rule: weekly + "MO,TH", at: "08:45", minutes: 60,
				single: true, skipped: .05},
			{titles: []string{"Seniorencafé", "Senioren-Café", "Seniorencafe"}, rule: monthly + "2WE", at: "15:00", minutes: 120, single: true},
			{titles: []string{"Kinderchor"}, rule: weekly + "FR", at: "16:00", minutes: 60, moved: 1, skipped: .05},
			{titles: []string{"Probenwochenende"}, rule: "FREQ=MONTHLY;INTERVAL=3;BYDAY=2SA", minutes: 0},
			{titles: []string{"Yoga für alle"}, rule: weekly + "WE", at: "18:00", minutes: 90, from: "2024-09-01", until: "2025-06-30",
				renamed: []string{"Yoga im Park"}},
		},
	},
	{
		name: "translator", zone: "Asia/Tokyo", oneOffs: 60, once: []string{"%sさんと夕食", "%sへ出張", "コンサート %s", "اجتماع خاص مع %s", "Встреча с %s",
			"นัดกับ %s", "%s 병원 방문"}, names: everyone,
		seldom: []string{"歯医者", "美容院", "確定申告の準備"},
		routines: []routine{
			{titles: []string{"週次会議", "【週次会議】", "週次会議 10:00"}, rule: weekly + "MO", at: "10:00", minutes: 60, single: true, moved: 2},
			{titles: []string{"定例ミーティング"}, rule: fortnightly + "TH", at: "15:00", minutes: 60, moved: 1, renamed: []string{"定例ミーティング（部長参加）"}},
			{titles: []string{"درس العربية", "دَرس العَرَبية"}, rule: weekly + "TU", at: "19:00", minutes: 60, single: true, skipped: .1},
			{titles: []string{"Русский разговорный клуб", "русский разговорный клуб!"}, rule: weekly + "WE", at: "20:00", minutes: 90, moved: 1},
			{titles: []string{"เรียนทำอาหาร"}, rule: weekly + "SA", at: "11:00", minutes: 120, single: true, skipped: .1, moved: 1},
			{titles: []string{"한국어 수업"}, rule: weekly + "FR", at: "18:30", minutes: 60, renamed: []string{"한국어 수업 발표회"}},
			{titles: []string{"勉強会 第#回"}, rule: monthly + "3TH", at: "19:00", minutes: 120, single: true},
		},
	},
	{
		name: "freelancer", zone: "Europe/Lisbon", oneOffs: 90, once: append(append([]string{}, english...), spanish...), names: everyone,
		seldom: []string{"Accountant", "Coworking day", "Barber", "Client call"},
		routines: []routine{
			{titles: []string{"Sync Acme/Studio", "Acme <> Studio sync", "Sync: Studio & Acme"}, rule: weekly + "MO", at: "11:00", minutes: 30,
				single: true, moved: 3, renamed: []string{"Acme contract renewal"}},
			{titles: []string{"Invoices", "Invoicing"}, rule: "FREQ=MONTHLY;BYMONTHDAY=1", at: "09:00", minutes: 60, single: true},
			{titles: []string{"Gym"}, rule: weekly + "MO,WE,FR", at: "07:30", minutes: 60, drift: 90, single: true, skipped: .3},
			{titles: []string{"Stand-up Helios", "Standup Helios"}, rule: workdays, at: "10:00", minutes: 15, single: true, from: "2024-06-03",
				moved: 2},
			{titles: []string{"Portuguese class"}, rule: weekly + "TH", at: "18:30", minutes: 60, single: true, skipped: .1, moved: 3,
				renamed: []string{"Portuguese class at the museum"}},
			{titles: []string{"Coffee with Rui"}, rule: "FREQ=DAILY;INTERVAL=17", at: "15:00", minutes: 60, drift: 120, single: true},
		},
	},
	{
		name: "night nurse", zone: "America/Chicago", oneOffs: 40, once: english, names: people,
		seldom: []string{"Vet", "Oil change"},
		routines: []routine{
			{titles: []string{"Night shift"}, rule: weekly + "SU,MO,TU", at: "23:00", minutes: 480, moved: 1},
			{titles: []string{"Handover"}, rule: weekly + "MO,TU,WE", at: "00:00", minutes: 15, drift: 10, single: true},
			{titles: []string{"Run with Dee"}, rule: weekly + "SA", at: "10:00", minutes: 60, moved: 2, skipped: .1,
				renamed: []string{"Half marathon"}},
			{titles: []string{"Ward meeting"}, rule: fortnightly + "TH", at: "14:00", minutes: 60, moved: 1},
			{titles: []string{"Online course, module #"}, rule: weekly + "FR", at: "16:00", minutes: 90, single: true, from: "2024-10-01",
				until: "2025-05-01"},
		},
	},
	{
		name: "retiree", zone: "Australia/Sydney", oneOffs: 60, once: english, names: everyone,
		seldom: []string{"Podiatrist", "Blood test", "Grandchildren here"},
		routines: []routine{
			{titles: []string{"Bridge club"}, rule: weekly + "WE", at: "13:00", minutes: 180, moved: 2, skipped: .05},
			{titles: []string{"Bowls"}, rule: weekly + "TU,SA", at: "09:00", minutes: 150, drift: 10, single: true, skipped: .2},
			{titles: []string{"Gardening society"}, rule: monthly + "1MO", at: "19:00", minutes: 120, moved: 1},
			{titles: []string{"Anniversary"}, rule: "FREQ=YEARLY;BYMONTH=8;BYMONTHDAY=14", minutes: 0},
			{titles: []string{"Physiotherapy", "Physio therapy", "Physiotheraphy"}, rule: fortnightly + "FR", at: "11:15", minutes: 45, single: true,
				from: "2024-08-01"},
			{titles: []string{"Church"}, rule: weekly + "SU", at: "09:30", minutes: 75, renamed: []string{"Church fête"}},
			{titles: []string{"Library volunteering"}, rule: "FREQ=MONTHLY;BYMONTHDAY=15", at: "10:00", minutes: 180, single: true},
		},
	},
	{
		name: "committee", zone: "UTC", oneOffs: 30, once: []string{"Technical discussion: %s", "Workshop on %s", "Plenary at %s",
			"Executive session: %s"}, names: everyone,
		seldom: []string{"Open meeting", "Retreat"},
		routines: []routine{
			{titles: []string{"Board meeting"}, rule: weekly + "WE", at: "14:00", minutes: 60, single: true, skipped: .1, until: "2024-03-08"},
			{titles: []string{"Board meeting", "Board Meeting"}, rule: weekly + "WE", at: "13:00", minutes: 60, single: true, skipped: .1,
				from: "2024-03-11", until: "2024-11-01", moved: 1},
			{titles: []string{"Board meeting"}, rule: weekly + "WE", at: "14:00", minutes: 60, single: true, skipped: .1, from: "2024-11-04",
				until: "2025-03-07"},
			{titles: []string{"Board meeting", "Board meeting."}, rule: weekly + "WE", at: "13:00", minutes: 60, single: true, skipped: .1,
				from: "2025-03-10", moved: 1, renamed: []string{"Board meeting (closed session)"}},
			{titles: []string{"Liaison call"}, rule: "FREQ=MONTHLY;BYDAY=2TH", at: "20:00", minutes: 60, single: true, moved: 1},
			{titles: []string{"Editors' sync"}, rule: fortnightly + "MO", at: "16:00", minutes: 30, moved: 1, skipped: .1},
		},
	},
	{
		name: "musician", zone: "America/Argentina/Buenos_Aires", oneOffs: 80, once: append(append([]string{}, spanish...),
			french...), names: everyone,
		seldom: []string{"Ensayo extra", "Afinador", "Grabación", "Clase magistral"},
		routines: []routine{
			{titles: []string{"Clase de violín", "Clase de violin"}, rule: weekly + "MO,WE", at: "17:00", minutes: 60, drift: 60, single: true,
				skipped: .2},
			{titles: []string{"Ensayo cuarteto", "Cuarteto: ensayo"}, rule: weekly + "TU", at: "20:00", minutes: 120, single: true, moved: 2,
				skipped: .1},
			{titles: []string{"Orquesta"}, rule: weekly + "TH,SA", at: "10:00", minutes: 180, moved: 2, renamed: []string{"Orquesta: estreno"}},
			{titles: []string{"Terapia"}, rule: weekly + "FR", at: "09:00", minutes: 50, moved: 1},
			{titles: []string{"Fútbol"}, rule: "FREQ=DAILY;INTERVAL=6", at: "21:00", minutes: 60, drift: 60, single: true, skipped: .3},
		},
	},
	{
		name: "engineer on call", zone: "Asia/Kolkata", oneOffs: 60, once: english, names: everyone,
		seldom: []string{"Incident review", "Bank", "Passport office"},
		routines: []routine{
			{titles: []string{"On call"}, rule: "FREQ=WEEKLY;INTERVAL=4;BYDAY=MO", minutes: 0},
			{titles: []string{"Sprint # planning"}, rule: fortnightly + "MO", at: "11:00", minutes: 90, single: true, moved: 1},
			{titles: []string{"Sprint # retro"}, rule: fortnightly + "FR", at: "16:00", minutes: 60, single: true},
			{titles: []string{"Standup"}, rule: workdays, at: "10:15", minutes: 15, moved: 2},
			{titles: []string{"Meera / Arjun", "Arjun <> Meera"}, rule: weekly + "WE", at: "15:00", minutes: 30, moved: 1, single: true},
			{titles: []string{"Cricket"}, rule: weekly + "SU", at: "07:00", minutes: 180, drift: 15, single: true, skipped: .2},
			{titles: []string{"Release train"}, rule: "FREQ=MONTHLY;BYMONTHDAY=20", at: "14:00", minutes: 60,
				renamed: []string{"Release train: rollback drill"}},
		},
	},
}
