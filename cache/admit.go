package cache

import "context"

type admitKey struct{}

// WithAdmission returns a context for a Reader's methods. They call enter before they
// wait for the workers or have a summary made, which they do with the context that it
// returns, and leave after it; what the cache holds they return without. An error of
// enter is theirs.
func WithAdmission(ctx context.Context, enter func(context.Context) (waiting context.Context, leave func(), err error)) context.Context {
	return context.WithValue(ctx, admitKey{}, enter)
}

func admit(ctx context.Context) (waiting context.Context, leave func(), err error) {
	if enter, ok := ctx.Value(admitKey{}).(func(context.Context) (context.Context, func(), error)); ok {
		return enter(ctx)
	}
	return ctx, func() {}, nil
}
