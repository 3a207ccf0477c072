using Trainyard.Manifests.Reading;
using Trainyard.Manifests.Yaml;

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

        context.Draft.Command = Text(context, field);
    }

    public static string? Text(ManifestContext context, Field? field)
    {
        var command = context.Words(field, FieldLimits.Command);
        return field?.Value is YamlScalar { IsFolded: true } ? OneLine(command) : command;
    }

    // YAML keeps the line breaks around lines that are indented more, and a shell would run each as a command of its
    // own. Who folds a command means one line, and the old service ran it so.
    private static string? OneLine(string? command) =>
        command is null
            ? null
            : string.Join(
                ' ',
                command
                    .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(WithoutContinuation)
            );

    // A backslash that continued the line would keep the space as a part of the next word.
    private static string WithoutContinuation(string line) =>
        line.EndsWith('\\') && !line.EndsWith("\\\\") ? line[..^1].TrimEnd() : line;
}
