package compile
import ("testing";"os";"fmt";"github.com/twiliobot/terraform-provider-twiliobot/internal/compile/walk";"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/schema";"github.com/twiliobot/terraform-provider-twiliobot/internal/bot/flow")
func TestDbg(t *testing.T){
 d,_:=os.ReadFile("/work/shared/schemas/"+os.Getenv("F")); s,_:=schema.Parse(d)
 f,_:=Compile(s,Options{})
 os.WriteFile("/tmp/wt/compile/exp/out.json",flow.Export(f),0o644)
 w,_:=walk.Load(f.Source())
 tk,err:=w.Message(os.Getenv("M"),nil)
 fmt.Printf("%v %+v %q\n%v",err,tk.Said,tk.Variables(),tk.Path)
}
