package account

import (
	"context"
	"fmt"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/bot"
)

// Redeployer is a host whose bots are built or published from their content.
type Redeployer interface {
	// Redeploy builds or publishes a bot again from the content that it has, and returns it
	// once it answers by that. It changes no content, and refuses a bot that is not whole.
	Redeploy(ctx context.Context, sid string) (bot.Bot, error)
}

// Redeploy builds or publishes a bot again.
func (b *bots) Redeploy(ctx context.Context, sid string) (bot.Bot, error) {
	engine, _ := bot.EngineOf(sid)
	if err := b.IsOff(engine); err != nil {
		return bot.Bot{}, err
	}
	host := b.Host(engine)
	redeployer, ok := untracked(host).(Redeployer)
	if !ok {
		return bot.Bot{}, fmt.Errorf("a bot on the engine %s is neither built nor published", engine)
	}
	deployed, err := redeployer.Redeploy(ctx, sid)
	if t, ok := host.(tracked); ok {
		return t.learn(deployed, t.wrote(sid), false, err)
	}
	return deployed, err
}

// ExecutionEnder is a host whose bots have executions that can be ended by themselves.
type ExecutionEnder interface {
	// EndExecutions ends the active executions of a bot that are asked for and that had begun
	// when it was called, and reports what it has ended so far, page by page.
	EndExecutions(ctx context.Context, sid string, which bot.Executions, progress func(ended bot.Activity)) (ended bot.Activity, err error)
}

// EndExecutions ends active executions of a bot; see ExecutionEnder.
func (b *bots) EndExecutions(ctx context.Context, sid string, which bot.Executions, progress func(bot.Activity)) (bot.Activity, error) {
	engine, _ := bot.EngineOf(sid)
	if err := b.IsOff(engine); err != nil {
		return bot.Activity{}, err
	}
	ender, ok := untracked(b.Host(engine)).(ExecutionEnder)
	if !ok {
		return bot.Activity{}, fmt.Errorf("a bot on the engine %s has no executions", engine)
	}
	return ender.EndExecutions(ctx, sid, which, progress)
}
