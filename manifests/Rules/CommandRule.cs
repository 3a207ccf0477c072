using Trainyard.Manifests.Reading;

namespace Trainyard.Manifests.Rules;

/// <summary><c>execution.command</c> (FfDL: <c>framework.command</c>): required.</summary>
internal sealed class CommandRule : IManifestRule
{
    public void Apply(ManifestContext context)
    {
        var place = context.IsFfdl ? context.Root.Open("framework") : context.Execution;
        if (place is null)
        {
            return;
        }

        var field = place.Take("command");
        if (field is null)
        {
            place.Missing("command", "it is what the run executes");
            return;
        }

        context.Draft.Command = context.Words(field, FieldLimits.Command);
    }
}
