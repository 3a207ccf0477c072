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

    // YAML keeps the line breaks around lines with more indentation, and a shell would run each line as its own
    // command. A folded command means one line, and the old service ran it as one.
    private static string? OneLine(string? command) =>
        command is null
            ? null
            : string.Join(
                ' ',
                command
                    .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(WithoutContinuation)
            );

    // Without this, the shell would take the space after a continuing backslash as part of the next word.
    private static string WithoutContinuation(string line) =>
        line.EndsWith('\\') && !line.EndsWith("\\\\") ? line[..^1].TrimEnd() : line;
}
