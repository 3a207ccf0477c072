using System.CommandLine;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list training-runs|models|frameworks|secrets|keys|nodes</c></summary>
internal static class ListCommand
{
    private const string Models = "models";
    private const string Frameworks = "frameworks";
    private const string Secrets = "secrets";
    private const string Keys = "keys";
    private const string Nodes = "nodes";

    public static Command Create(Binding binding)
    {
        var what = new Argument<string>("WHAT")
        {
            Description = "training-runs, models, frameworks, secrets or keys; nodes for operators",
        };
        what.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if (text is not (Models or Frameworks or Secrets or Keys or Nodes) && !RunWords.TryParse(text, out _))
            {
                result.AddError($"'{text}' is none of training-runs, models, frameworks, secrets, keys and nodes");
            }
        });
        var command = new Command(
            "list",
            "List your training runs, stored models, secrets or keys, the frameworks on offer, or the nodes of the pool."
        )
        {
            what,
        };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(what), token));
        return command;
    }

    private static Task RunAsync(Session session, string what, CancellationToken cancellationToken) =>
        what switch
        {
            Models => ModelList.PrintAsync(session, cancellationToken),
            Frameworks => FrameworkList.PrintAsync(session, cancellationToken),
            Secrets => SecretList.PrintAsync(session, cancellationToken),
            Keys => KeyList.PrintAsync(session, cancellationToken),
            Nodes => NodeList.PrintAsync(session, cancellationToken),
            _ when RunWords.TryParse(what, out var words) => RunList.PrintAsync(session, words, cancellationToken),
            _ => throw new InvalidOperationException("The argument was validated."),
        };
}
