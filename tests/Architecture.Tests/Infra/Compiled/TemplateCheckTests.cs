namespace Trainyard.Architecture.Tests.Infra.Compiled;

/// <summary>Every rule for templates can fail: each is shown a template that breaks it.</summary>
public sealed class TemplateCheckTests
{
    private const string Described = """ "metadata": { "description": "A template for a test." } """;

    [Theory]
    [InlineData("{}", "It has no metadata description.")]
    [InlineData($$"""{ {{Described}}, "parameters": { "a": { "type": "bool" } } }""", "a has no description.")]
    [InlineData(
        $$"""{ {{Described}}, "parameters": { "a": { "metadata": { "description": "" } } } }""",
        "a has no description."
    )]
    [InlineData($$"""{ {{Described}}, "outputs": { "a": { "value": "a" } } }""", "a has no description.")]
    public void What_says_not_what_it_is_is_noticed(string template, string complaint) =>
        Assert.Contains(complaint, Template.Parse(template).Undescribed());

    [Theory]
    [InlineData(""" "type": "string" """)]
    [InlineData(""" "type": "object" """)]
    [InlineData(""" "type": "array", "defaultValue": [] """)]
    [InlineData(""" "type": "int", "minValue": 1 """)]
    [InlineData(""" "type": "int", "defaultValue": 3 """)]
    public void A_parameter_that_takes_anything_is_noticed(string parameter) =>
        Assert.Equal(["a takes anything."], Parameter(parameter).Unconstrained());

    [Theory]
    [InlineData(""" "type": "string", "minLength": 1 """)]
    [InlineData(""" "type": "string", "allowedValues": ["x"] """)]
    [InlineData(""" "type": "int", "minValue": 1, "maxValue": 2 """)]
    [InlineData(""" "type": "object", "additionalProperties": { "type": "string" } """)]
    public void A_constrained_parameter_is_fine(string parameter) => Assert.Empty(Parameter(parameter).Unconstrained());

    [Theory]
    [InlineData("key", "[listKeys(resourceId('a'), '2025-01-01').keys[0].value]")]
    [InlineData("a", "[reference('insights').ConnectionString]")]
    [InlineData("adminPassword", "x")]
    public void A_secret_in_an_output_is_noticed(string name, string value) =>
        Assert.Contains(
            $"The output {name} gives a secret away.",
            Template.Parse($$"""{ "outputs": { "{{name}}": { "value": "{{value}}" } } }""").Secrets()
        );

    [Fact]
    public void A_question_for_keys_is_noticed() =>
        Assert.Single(Template.Parse("""{ "resources": [{ "tags": { "a": "[listKeys('b')]" } }] }""").Secrets());

    private static Template Parameter(string parameter) =>
        Template.Parse($$"""{ "parameters": { "a": { {{parameter}} } } }""");
}
