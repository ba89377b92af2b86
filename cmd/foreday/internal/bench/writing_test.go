package bench

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"testing"

	"foreday/summarizer"
	"foreday/summarizer/facts"
	"foreday/summarizer/novelty/noveltytest"
	"foreday/summarizer/openai"
	"foreday/summarizer/openai/openaitest"
	"foreday/summarizer/plan"
	"foreday/summarizer/words"
)

// testdata/answers.json has what a capable model answered to the requests of forty
// days, as they were put to it. Each is a plan at the first try, of IDs that there are,
// and is told in full.
func TestACapableModelsAnswersArePlansAtTheFirstTry(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	var answers []struct {
		Person, Answer string
		Date           summarizer.Date
	}
	if err := json.Unmarshal(b, &answers); err != nil || len(answers) != 40 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	model := openaitest.New(openaitest.Config{})
	server := httptest.NewServer(model)
	t.Cleanup(server.Close)
	planner, err := openai.New(openai.Config{BaseURL: server.URL + "/v1"})
	if err != nil {
		t.Fatal(err)
	}
	events := map[string][]summarizer.Event{}
	people := noveltytest.People(noveltySeed)
	id := regexp.MustCompile(`"([ef]\d+)"`)
	for n, a := range answers {
		p := people[slices.IndexFunc(people, func(p noveltytest.Person) bool { return p.Name == a.Person })]
		if events[a.Person] == nil {
			if events[a.Person], err = noveltytest.Read(t.Context(), p.Calendar, p.Calendar.Zone); err != nil {
				t.Fatal(err)
			}
		}
		day := judgedDay(events[a.Person], summarizer.Day{Date: a.Date, Zone: p.Calendar.Zone})
		model.Heal()
		model.Inject(openaitest.Fault{Kind: openaitest.Verbatim, Content: a.Answer})
		made, err := planner.Plan(t.Context(), day)
		if calls := model.Counts().Requests; err != nil || calls != n+1 {
			t.Fatalf("%s, %s: %v, after %d calls", a.Person, a.Date, err, calls)
		}
		for _, m := range id.FindAllStringSubmatch(a.Answer, -1) {
			if !slices.ContainsFunc(day.Events, func(e facts.Event) bool { return e.ID == m[1] }) &&
				!slices.ContainsFunc(day.Facts, func(f facts.Fact) bool { return f.ID == m[1] }) {
				t.Errorf("%s, %s: there is no %s any more: collect the answers anew", a.Person, a.Date, m[1])
			}
		}
		told := len(plan.Complete(day, made).Events())
		if text := words.Write(day, made); told != len(day.Events) || text.Headline == "" {
			t.Errorf("%s, %s: %d of %d events are told: %+v", a.Person, a.Date, told, len(day.Events), text)
		}
	}
}
