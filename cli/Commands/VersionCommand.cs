using System.CommandLine;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml version</c></summary>
internal static class VersionCommand
{
    public static Command Create(Binding binding)
    {
        var command = new Command("version", "Print which build this is.");
        binding.Bind(
            command,
            (session, _, _) =>
            {
                Print(session);
                return Task.CompletedTask;
            }
        );
        return command;
    }

    private static void Print(Session session)
    {
        session.Say($"Git Commit Hash: {BuildFacts.Commit}");
        session.Say($"UTC Build Time : {BuildFacts.BuiltAt}");
        session.Say($"Plugin Version : {BuildFacts.Version}");
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("commit", BuildFacts.Commit);
                json.WriteString("built_at", BuildFacts.BuiltAt);
                json.WriteString("version", BuildFacts.Version);
                json.WriteEndObject();
            });
        }
    }
}
