using System.CommandLine;
using Trainyard.Cli.Sessions;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml list training-runs|models|frameworks|secrets</c></summary>
internal static class ListCommand
{
    private const string Models = "models";
    private const string Frameworks = "frameworks";
    private const string Secrets = "secrets";

    public static Command Create(Binding binding)
    {
        var what = new Argument<string>("WHAT") { Description = "training-runs, models, frameworks or secrets" };
        what.Validators.Add(result =>
        {
            var text = result.Tokens[0].Value;
            if (text is not (Models or Frameworks or Secrets) && !RunWords.TryParse(text, out _))
                result.AddError($"'{text}' is none of training-runs, models, frameworks and secrets");
        });
        var command = new Command(
            "list",
            "List your training runs, stored models or secrets, or the frameworks on offer."
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
            _ when RunWords.TryParse(what, out var words) => RunList.PrintAsync(session, words, cancellationToken),
            _ => throw new InvalidOperationException("The argument was validated."),
        };
}
