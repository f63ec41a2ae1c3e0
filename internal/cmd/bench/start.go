package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// start is what operations begin with: a folder with a configuration, and what the account
// and the state hold before and after it was applied. The contents are nil where no
// sandbox is used.
type start struct {
	folder        string
	empty, filled []byte // the account
	state         []byte // after it was applied
}

const stateFile = "terraform.tfstate"

func numberAt(i int) string { return fmt.Sprintf("+1202%07d", i) }

func sidAt(i int) string { return fmt.Sprintf("PN%032x", i) }

// prepare makes a start with n bindings. The bots and one binding for each are applied,
// and copied.
func (b *bench) prepare(ctx context.Context, c contender, n int) (s start, err error) {
	bots := min(n, b.bots)
	s.folder = b.path(strings.ReplaceAll(c.name, " ", "-"), fmt.Sprint(n))
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return s, err
	}
	for _, name := range []string{c.configuration, "variables"} {
		text, err := configurations.ReadFile(path.Join("configurations", name+".tf"))
		if err != nil {
			return s, err
		}
		if err := os.WriteFile(filepath.Join(s.folder, name+".tf"), text, 0o600); err != nil {
			return s, err
		}
	}
	if err := s.size(bots, bots); err != nil {
		return s, err
	}
	if c.onSandbox {
		if s.empty, err = b.emptyAccount(ctx, n); err != nil {
			return s, err
		}
	}
	if err := s.restore(b, operation{fromNothing: true}); err != nil {
		return s, err
	}
	b.calm()
	if _, err := b.terraform(ctx, c, s.folder, "apply", "-auto-approve"); err != nil {
		return s, err
	}
	if c.onSandbox {
		contents, err := b.box.Contents(ctx)
		if err != nil {
			return s, err
		}
		if s.filled, err = copyNumbers(contents, bots, n); err != nil {
			return s, err
		}
		if err := s.addOthers(n, b.account); err != nil {
			return s, err
		}
	}
	applied, err := os.ReadFile(filepath.Join(s.folder, stateFile))
	if err != nil {
		return s, err
	}
	if s.state, err = copyBindings(applied, bots, n); err != nil {
		return s, err
	}
	return s, s.size(n, bots)
}

// size sets the variables of the configuration.
func (s start) size(numbers, bots int) error {
	text, err := json.Marshal(map[string]int{"numbers": numbers, "bots": bots})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.folder, "terraform.tfvars.json"), text, 0o600)
}

// restore puts account and state back to what an operation begins with.
func (s start) restore(b *bench, op operation) error {
	for _, name := range []string{stateFile, stateFile + ".backup"} {
		if err := os.Remove(filepath.Join(s.folder, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	contents := s.empty
	if !op.fromNothing {
		contents = s.filled
		if err := os.WriteFile(filepath.Join(s.folder, stateFile), s.state, 0o600); err != nil {
			return err
		}
	}
	b.box.ClearJournal()
	if contents == nil {
		return nil
	}
	return b.box.Restore(contents)
}

// emptyAccount is an account with n free numbers and nothing else.
func (b *bench) emptyAccount(ctx context.Context, n int) ([]byte, error) {
	if err := b.box.Reset(); err != nil {
		return nil, err
	}
	contents, err := b.box.Contents(ctx)
	if err != nil {
		return nil, err
	}
	if contents, err = editNumbers(contents, func([]map[string]any) ([]map[string]any, error) { return nil, nil }); err != nil {
		return nil, err
	}
	if err := b.box.Restore(contents); err != nil {
		return nil, err
	}
	if _, err := b.box.AddNumber(fmt.Sprintf(`{"sid": %q, "phone_number": %q, "friendly_name": "free"}`, sidAt(0), numberAt(0))); err != nil {
		return nil, err
	}
	if contents, err = b.box.Contents(ctx); err != nil {
		return nil, err
	}
	return copyNumbers(contents, 1, n)
}

// numbersTable is what the sandbox's file calls its phone numbers.
const numbersTable = "incoming_phone_numbers"

// copyNumbers makes n numbers out of the first ones, in turn.
func copyNumbers(contents []byte, first, n int) ([]byte, error) {
	return editNumbers(contents, func(rows []map[string]any) ([]map[string]any, error) {
		byNumber := map[any]map[string]any{}
		for _, row := range rows {
			byNumber[row["phone_number"]] = row
		}
		var copies []map[string]any
		for i := range n {
			row, ok := byNumber[numberAt(i%first)]
			if !ok {
				return nil, fmt.Errorf("the account has no number %s", numberAt(i%first))
			}
			row = maps.Clone(row)
			row["phone_number"], row["sid"], row["seq"] = numberAt(i), sidAt(i), n+i
			copies = append(copies, row)
		}
		return copies, nil
	})
}

// addOthers adds numbers that nobody manages, so that there are as many as the account has.
// They are newer than the n that are managed, so that Twilio lists them first.
func (s *start) addOthers(n, account int) error {
	var like map[string]any // none answers anything in the empty account
	add := func(rows []map[string]any) ([]map[string]any, error) {
		if like == nil {
			like = rows[0]
		}
		for i := n; i < account; i++ {
			row := maps.Clone(like)
			row["phone_number"], row["sid"], row["seq"], row["friendly_name"] = numberAt(i), sidAt(i), n+i, fmt.Sprint("line ", i)
			rows = append(rows, row)
		}
		return rows, nil
	}
	var err error
	if s.empty, err = editNumbers(s.empty, add); err != nil {
		return err
	}
	s.filled, err = editNumbers(s.filled, add)
	return err
}

func editNumbers(contents []byte, edit func([]map[string]any) ([]map[string]any, error)) ([]byte, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(contents, &document); err != nil {
		return nil, err
	}
	var rows []map[string]any
	if err := json.Unmarshal(document[numbersTable], &rows); err != nil {
		return nil, fmt.Errorf("the account's numbers: %w", err)
	}
	rows, err := edit(rows)
	if err != nil {
		return nil, err
	}
	if document[numbersTable], err = json.Marshal(rows); err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

// bindings is the name of the resource of the bindings, in every configuration.
const bindings = "number"

// copyBindings makes n bindings out of the first ones of a state, in turn.
func copyBindings(state []byte, first, n int) ([]byte, error) {
	var document map[string]json.RawMessage
	if err := json.Unmarshal(state, &document); err != nil {
		return nil, err
	}
	var resources []map[string]json.RawMessage
	if err := json.Unmarshal(document["resources"], &resources); err != nil {
		return nil, err
	}
	at := slices.IndexFunc(resources, func(r map[string]json.RawMessage) bool { return string(r["name"]) == `"`+bindings+`"` })
	if at < 0 {
		return nil, fmt.Errorf("the state has no resource %q", bindings)
	}
	var instances []map[string]json.RawMessage
	if err := json.Unmarshal(resources[at]["instances"], &instances); err != nil {
		return nil, err
	}
	slices.SortFunc(instances, func(a, b map[string]json.RawMessage) int {
		return cmp.Compare(indexOf(a), indexOf(b))
	})
	if len(instances) != first {
		return nil, fmt.Errorf("the state has %d bindings, not %d", len(instances), first)
	}
	copies := make([]map[string]json.RawMessage, n)
	for i := range copies {
		var err error
		if copies[i], err = copyBinding(instances[i%first], i%first, i); err != nil {
			return nil, err
		}
	}
	var err error
	if resources[at]["instances"], err = json.Marshal(copies); err != nil {
		return nil, err
	}
	if document["resources"], err = json.Marshal(resources); err != nil {
		return nil, err
	}
	return json.Marshal(document)
}

func indexOf(instance map[string]json.RawMessage) int {
	index, _ := strconv.Atoi(string(instance["index_key"]))
	return index
}

// copyBinding is an instance of one number as that of another.
func copyBinding(instance map[string]json.RawMessage, from, to int) (map[string]json.RawMessage, error) {
	names := strings.NewReplacer(numberAt(from), numberAt(to), sidAt(from), sidAt(to))
	result := map[string]json.RawMessage{}
	for name, value := range instance {
		result[name] = json.RawMessage(names.Replace(string(value)))
	}
	result["index_key"] = json.RawMessage(strconv.Itoa(to))
	if instance["private"] == nil {
		return result, nil
	}
	// What the framework keeps for a provider: values by key, as base64 of JSON of base64.
	var text []byte
	if err := json.Unmarshal(instance["private"], &text); err != nil {
		return nil, fmt.Errorf("private data: %w", err)
	}
	var values map[string][]byte
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("private data: %w", err)
	}
	for key, value := range values {
		values[key] = []byte(names.Replace(string(value)))
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	result["private"], err = json.Marshal(text)
	return result, err
}
