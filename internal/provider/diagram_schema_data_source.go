package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/twiliobot/terraform-provider-twiliobot/internal/diagram"
)

var _ datasource.DataSource = diagramSchemaDataSource{}

// diagramSchemaDataSource reads no account: its result is a function of the configuration.
type diagramSchemaDataSource struct{}

func newDiagramSchemaDataSource() datasource.DataSource { return diagramSchemaDataSource{} }

func (diagramSchemaDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_diagram_schema"
}

type diagramSchemaModel struct {
	Source         types.String          `tfsdk:"source"`
	Page           types.String          `tfsdk:"page"`
	Start          types.String          `tfsdk:"start"`
	Numbered       types.Bool            `tfsdk:"numbered"`
	Collect        types.Bool            `tfsdk:"collect"`
	AnswerSynonyms map[string][]string   `tfsdk:"answer_synonyms"`
	Schema         types.String          `tfsdk:"schema"`
	Pages          []string              `tfsdk:"pages"`
	Warnings       []diagramWarningModel `tfsdk:"warnings"`
}

type diagramWarningModel struct {
	Page    types.String `tfsdk:"page"`
	Node    types.String `tfsdk:"node"`
	Message types.String `tfsdk:"message"`
}

func (diagramSchemaDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The assistant schema of a flowchart drawn in draw.io or Mermaid, with what was left out of it: what the function `diagram_to_schema` makes, without a call to Twilio. " + diagramRules,
		Attributes: map[string]schema.Attribute{
			"source": schema.StringAttribute{Required: true, MarkdownDescription: diagramSourceDescription},
			"page":   schema.StringAttribute{Optional: true, MarkdownDescription: capitalized(diagramPageDescription)},
			"start":  schema.StringAttribute{Optional: true, MarkdownDescription: capitalized(diagramStartDescription)},
			"numbered": schema.BoolAttribute{
				Optional: true, MarkdownDescription: capitalized(diagramNumberedDescription),
			},
			"collect": schema.BoolAttribute{
				Optional: true, MarkdownDescription: capitalized(diagramCollectDescription),
			},
			"answer_synonyms": schema.MapAttribute{
				Optional: true, ElementType: types.ListType{ElemType: types.StringType}, MarkdownDescription: capitalized(diagramSynonymsDescription),
				Validators: []validator.Map{mapvalidator.NoNullValues(), mapvalidator.ValueListsAre(listvalidator.NoNullValues())},
			},
			"schema": computed("The schema, JSON, for `twiliobot_assistant`."),
			"pages": schema.ListAttribute{
				Computed: true, ElementType: types.StringType, MarkdownDescription: "The names of the file's pages, in their order.",
			},
			"warnings": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "What was left out of the schema, or decided without you, at most 100 findings and how many more there are.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"page":    computed("The name of the page."),
					"node":    computed("The text of the node; empty where none is meant."),
					"message": computed("What was done."),
				}},
			},
		},
	}
}

func (diagramSchemaDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m diagramSchemaModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	if resp.Diagnostics.HasError() {
		return
	}
	pages, err := diagram.Read(m.Source.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("source"), "Unable to read the diagram", sentence(err))
		return
	}
	made, err := diagram.Schema(pages, diagram.Options{
		Page: m.Page.ValueString(), Start: m.Start.ValueString(), Numbered: m.Numbered.ValueBool(), Collect: m.Collect.ValueBool(), AnswerSynonyms: m.AnswerSynonyms,
	})
	if err != nil {
		at := path.Root("source")
		if option, ok := errors.AsType[*diagram.OptionError](err); ok {
			at = path.Root(option.Option)
		}
		resp.Diagnostics.AddAttributeError(at, "The diagram makes no assistant schema", sentence(err))
		return
	}
	m.Schema, m.Pages, m.Warnings = types.StringValue(string(made.Schema)), []string{}, []diagramWarningModel{}
	for _, page := range pages {
		m.Pages = append(m.Pages, page.Name)
	}
	for _, w := range made.Warnings {
		m.Warnings = append(m.Warnings, diagramWarningModel{types.StringValue(w.Page), types.StringValue(w.Node), types.StringValue(w.Message)})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}

// capitalized is a text as the beginning of a description.
func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
