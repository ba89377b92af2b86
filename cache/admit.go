package cache

import "context"

type admitKey struct{}

// WithAdmission returns a context for a Reader's methods. They call enter before they
// wait for the workers or have a summary made, and release after it; what the cache
// holds they return without. An error of enter is theirs.
func WithAdmission(ctx context.Context, enter func() (release func(), err error)) context.Context {
	return context.WithValue(ctx, admitKey{}, enter)
}

func admit(ctx context.Context) (release func(), err error) {
	if enter, ok := ctx.Value(admitKey{}).(func() (func(), error)); ok {
		return enter()
	}
	return func() {}, nil
}
