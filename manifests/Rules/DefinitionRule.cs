using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>model_definition</c> and its <c>execution</c> must be there at all.</summary>
internal sealed class DefinitionRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        if (context.IsFfdl)
        {
            context.Sign(DialectSigns.Ffdl);
            return;
        }

        if (context.Root.Take("model_definition") is null)
        {
            context.Root.Missing("model_definition", "it says what to run (name, framework, execution)");
        }
        else if (context.Definition is { } definition && definition.Take("execution") is null)
        {
            definition.Missing("execution", "it holds the command and the compute configuration");
        }
    }
}
