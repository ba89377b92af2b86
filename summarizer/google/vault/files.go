package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"foreday/cache"
)

// maxFile bounds what is read of a file.
const maxFile = 64 << 10

// Files is a vault in one directory, of a file for each user, that only the owner
// may read. Processes of this machine can share it. It is safe for concurrent use.
type Files struct {
	dir  string
	seal *cache.Seal
}

// InFiles returns a vault in the directory, which it makes if need be. Without a
// seal, the files' modes alone protect what is in them.
func InFiles(dir string, seal *cache.Seal) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the directory for tokens: %w", err)
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look at the directory for tokens: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is no directory", dir)
	case othersMay(info):
		return nil, fmt.Errorf("others than its owner may look into %s, mode %04o: chmod 700 %[1]s", dir, info.Mode().Perm())
	}
	return &Files{dir, seal}, nil
}

// othersMay reports whether the file's mode lets anybody but its owner do
// anything. Windows has no such modes, and keeps homes to their owners.
func othersMay(info fs.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0
}

// path is the user's file. Their ID may hold anything, and file systems may not
// tell upper case from lower.
func (f *Files) path(user string) string {
	sum := sha256.Sum256([]byte(user))
	return filepath.Join(f.dir, hex.EncodeToString(sum[:16])+".json")
}

// entry is what a file holds.
type entry struct {
	User   string `json:"user"`
	Sealed bool   `json:"sealed"`
	Secret []byte `json:"secret"`
}

// Load returns the user's secret and its version, which is "" if there is none.
func (f *Files) Load(_ context.Context, user string) (secret []byte, version string, err error) {
	content, err := f.read(user)
	if err != nil || content == nil {
		return nil, "", err
	}
	var e entry
	if err := json.Unmarshal(content, &e); err != nil || e.User != user {
		return nil, "", fmt.Errorf("%s holds no token of the user's: remove it and connect again", f.path(user))
	}
	if !e.Sealed {
		return e.Secret, string(content), nil
	}
	if f.seal == nil {
		return nil, "", errors.New("the user's token is sealed: set the FOREDAY_KEY it was sealed with, or connect again")
	}
	secret, ok := f.seal.Open(e.Secret, user, purpose)
	if !ok {
		return nil, "", errOtherKey
	}
	return secret, string(content), nil
}

// read returns what is in the user's file, nil if there is none. It does not take
// a file that others may read: the token in it may be theirs by now.
func (f *Files) read(user string) ([]byte, error) {
	path := f.path(user)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the user's token: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the user's token: %w", err)
	case othersMay(info):
		return nil, fmt.Errorf("others than its owner may read %s, mode %04o: chmod 600 %[1]s, or remove it and connect again", path,
			info.Mode().Perm())
	}
	content, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, fmt.Errorf("read the user's token: %w", err)
	}
	return content, nil
}

// Store puts the secret in place of whatever is there.
func (f *Files) Store(ctx context.Context, user string, secret []byte) error {
	return f.alone(ctx, func() error {
		_, err := f.write(user, secret)
		return err
	})
}

// Swap puts the secret in place of the version and returns the next one, or ""
// if another is there.
func (f *Files) Swap(ctx context.Context, user, version string, secret []byte) (next string, err error) {
	err = f.alone(ctx, func() error {
		content, err := f.read(user)
		if err != nil || string(content) != version {
			return err
		}
		next, err = f.write(user, secret)
		return err
	})
	return next, err
}

// Delete removes the user's secret, and reports whether there was one: a file that cannot be
// read is removed as well.
func (f *Files) Delete(ctx context.Context, user string) (there bool, err error) {
	err = f.alone(ctx, func() error {
		err := os.Remove(f.path(user))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		there = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("remove the user's token: %w", err)
	}
	return there, nil
}

// alone does something while nobody else writes in the directory.
func (f *Files) alone(ctx context.Context, do func() error) error {
	lock := flock.New(filepath.Join(f.dir, "lock"))
	if _, err := lock.TryLockContext(ctx, 5*time.Millisecond); err != nil {
		return fmt.Errorf("lock the directory for tokens: %w", err)
	}
	defer lock.Close()
	return do()
}

// write replaces the user's file in one step, so that a crash leaves the old or
// the new one.
func (f *Files) write(user string, secret []byte) (content string, err error) {
	e := entry{User: user, Secret: secret}
	if f.seal != nil {
		e.Sealed, e.Secret = true, f.seal.Close(secret, user, purpose)
	}
	b, err := json.Marshal(e)
	if err != nil {
		return "", err
	}
	temp, err := os.CreateTemp(f.dir, "new-*") // its mode is 0600
	if err != nil {
		return "", fmt.Errorf("write the user's token: %w", err)
	}
	defer os.Remove(temp.Name()) // it is gone, unless something failed
	_, err = temp.Write(b)
	if err = errors.Join(err, temp.Sync(), temp.Close()); err == nil {
		err = os.Rename(temp.Name(), f.path(user))
	}
	if err != nil {
		return "", fmt.Errorf("write the user's token: %w", err)
	}
	return string(b), nil
}

// Lease takes the right to renew the user's secret. It returns nil if somebody
// has it. The system takes it back from a process that dies; from one that lives
// on it does not, whatever life says.
func (f *Files) Lease(_ context.Context, user string, _ time.Duration) (release func(), err error) {
	lock := flock.New(f.path(user) + ".lease")
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the user's token: %w", err)
	}
	if !got {
		return nil, nil
	}
	return func() { lock.Close() }, nil
}
