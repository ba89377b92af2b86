package openaitest

import "net/http"

type modelObject struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func newModelObject(id string) modelObject {
	return modelObject{ID: id, Object: "model", Created: 1721172741, OwnedBy: "stand-in"}
}

func (s *Server) models(w http.ResponseWriter, _ *http.Request) {
	list := struct {
		Object string        `json:"object"`
		Data   []modelObject `json:"data"`
	}{Object: "list", Data: []modelObject{}}
	for _, id := range s.config.Models {
		list.Data = append(list.Data, newModelObject(id))
	}
	writeJSON(w, http.StatusOK, list)
}

func (s *Server) model(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("model")
	if !s.knows(id) {
		writeError(w, http.StatusNotFound, unknownModel(id))
		return
	}
	writeJSON(w, http.StatusOK, newModelObject(id))
}
