package provider

import (
	"slices"
	"sync"
)

// serviceRecords is what a walk tells of bindings of Messaging Services.
type serviceRecords struct {
	mu       sync.Mutex
	services map[string]*serviceRecord      // by the SID of the service
	handed   map[string]priorServiceBinding // what a binding which is replaced left there
}

func newServiceRecords() *serviceRecords {
	return &serviceRecords{services: map[string]*serviceRecord{}, handed: map[string]priorServiceBinding{}}
}

// serviceRecord records the bindings of one service. Terraform names no resource to
// its provider, so they are told apart by what they have.
type serviceRecord struct {
	read     []priorServiceBinding // that the refresh read
	planned  []string              // the bots of the bindings that the plan gives the service to; empty while not known
	released int                   // how many bindings the plan takes it from
}

func (l *serviceRecords) service(sid string) *serviceRecord {
	if l.services[sid] == nil {
		l.services[sid] = &serviceRecord{}
	}
	return l.services[sid]
}

// readService records a binding of the state, and reports whether another binding of the
// state has the service for the same bot, of those that were read so far.
func (l *serviceRecords) readService(prior priorServiceBinding) (shared bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	service := l.service(prior.ServiceSID)
	shared = slices.ContainsFunc(service.read, func(other priorServiceBinding) bool { return other.BotSID == prior.BotSID })
	service.read = append(service.read, prior)
	return shared
}

// planService records that the plan gives a service to a binding, and reports whether it
// gives it to another already.
func (l *serviceRecords) planService(sid, botSID string) (taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	service := l.service(sid)
	taken = len(service.planned) > 0
	service.planned = append(service.planned, botSID)
	return taken
}

// releaseService records that the plan takes a service from the binding that has it, and
// reports whether it gives it to another binding for the same bot already.
func (l *serviceRecords) releaseService(prior priorServiceBinding) (shared bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	service := l.service(prior.ServiceSID)
	service.released++
	return slices.Contains(service.planned, prior.BotSID)
}

// unplannedService is the binding of a service that was read and not planned yet. Terraform
// plans a tainted resource as a new one, right after it was read.
func (l *serviceRecords) unplannedService(sid string) (priorServiceBinding, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	service := l.service(sid)
	if last := len(service.read) - 1; last >= len(service.planned)+service.released {
		return service.read[last], true
	}
	return priorServiceBinding{}, false
}

// handOverService records that a binding which is deleted to be created anew left its bot
// on its service, for the one that comes.
func (l *serviceRecords) handOverService(prior priorServiceBinding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handed[prior.ServiceSID] = prior
}

// serviceHandedOver is what was left on a service; of no bot where nothing was.
func (l *serviceRecords) serviceHandedOver(sid string) priorServiceBinding {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.handed[sid]
}
