package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Shape is what an account has, without its traffic: rows in the form of the file, by the name
// of their table. Fields that the file does not have are left out, and so are positions (seq).
type Shape struct {
	AccountSID string
	Rows       map[string][]json.RawMessage
}

// Compose returns a sandbox of the account, which the starter's credentials open. It depends on
// nothing but the shape, so that the same account is the same file. Places in the order follow
// from the dates of creation: a row that comes or goes changes no other.
func Compose(shape Shape) (*Sandbox, error) {
	if !isSID("AC", shape.AccountSID) {
		return nil, fmt.Errorf("%q is not the SID of an account", shape.AccountSID)
	}
	s := build(nil)
	s.state = s.emptyState(shape.AccountSID, time.Unix(0, 0).UTC())
	left := len(shape.Rows)
	for _, t := range s.tables {
		rows, ok := shape.Rows[t.tableName()]
		if !ok {
			continue
		}
		left--
		if err := t.take(s.state, rows); err != nil {
			return nil, fmt.Errorf("%s: %w", t.tableName(), err)
		}
	}
	if left > 0 {
		return nil, errors.New("the shape has rows of a table that there is not")
	}
	for _, n := range numbers.list(s.state, func(n incomingPhoneNumber) bool { return n.FriendlyName == "" }) {
		n.FriendlyName = defaultNumberName(n.PhoneNumber)
		numbers.put(s.state, n)
	}
	// What cannot be read again must not be written.
	text, err := s.encode(s.state)
	if err == nil {
		_, err = s.decode(text)
	}
	return s, err
}

// emptyState is an account with nothing in it but its key.
func (s *Sandbox) emptyState(accountSID string, now time.Time) *state {
	st := newState(s.defaults)
	dated := func(sid string) record {
		return record{SID: sid, AccountSID: accountSID, DateCreated: now, DateUpdated: now}
	}
	name := "Starter account"
	if accountSID != StarterAccountSID {
		name = "Snapshot"
	}
	accounts.put(st, account{
		record: dated(accountSID), FriendlyName: name, OwnerAccountSID: accountSID,
		Status: accountActive, AuthTokenHash: hashSecret(StarterAuthToken),
	})
	apiKeys.put(st, apiKey{
		record: dated(StarterAPIKeySID), FriendlyName: "Starter key", SecretHash: hashSecret(StarterAPIKeySecret),
	})
	return st
}

// take adds rows in the form of the file.
func (t table[T, P]) take(st *state, texts []json.RawMessage) error {
	rows := make([]T, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal(text, &rows[i]); err != nil {
			return err
		}
		if P(&rows[i]).rec().SID == "" {
			return fmt.Errorf("row %d has no SID", i)
		}
	}
	slices.SortFunc(rows, func(a, b T) int {
		x, y := P(&a).rec(), P(&b).rec()
		return cmp.Or(x.DateCreated.Compare(y.DateCreated), cmp.Compare(x.SID, y.SID))
	})
	last := int64(0)
	for i := range rows {
		rec := P(&rows[i]).rec()
		if _, twice := t.get(st, rec.SID); twice {
			return fmt.Errorf("%s occurs twice", rec.SID)
		}
		last = max(last+1, rec.DateCreated.UnixMilli())
		rec.Seq = last
		st.seq = max(st.seq, last)
		t.put(st, rows[i])
	}
	return nil
}

// Owner returns the credentials of the account that the sandbox is of: the starter account, or
// the one of which it is a snapshot.
func (s *Sandbox) Owner() (Credentials, error) {
	st, err := s.snapshot(context.Background())
	if err != nil {
		return Credentials{}, err
	}
	owner := Starter()
	if _, ok := accounts.get(st, owner.AccountSID); !ok {
		if of := accounts.list(st, nil); len(of) > 0 {
			owner.AccountSID = of[len(of)-1].SID
		}
	}
	return owner, nil
}
