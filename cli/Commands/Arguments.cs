using System.CommandLine;
using Trainyard.Cli.Secrets;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary>The arguments that several commands share.</summary>
internal static class Arguments
{
    public static Argument<RunWords> Kind() =>
        new("KIND")
        {
            Description = "training-runs (or trained-models, as in 2017)",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (RunWords.TryParse(text, out var words))
                {
                    return words;
                }
                result.AddError($"'{text}' is not 'training-runs'");
                return null;
            },
        };

    public static Argument<RunId> Id() =>
        new("ID")
        {
            Description = "the run's id, such as training-DOl4q2LkR",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!RunId.TryParse(text, out var id))
                {
                    result.AddError(
                        $"'{text}' is not a run's id, which looks like 'training-DOl4q2LkR' ('bx ml list training-runs' prints them)"
                    );
                }
                return id;
            },
        };

    public static Argument<SecretName> Secret() =>
        new("NAME")
        {
            Description = "the secret's name, as manifests say it",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (!SecretName.TryParse(text, out var name))
                {
                    result.AddError($"'{text}' is not a secret's name, which is {SecretName.Rule}");
                }
                return name;
            },
        };

    /// <summary><c>--secret NAME</c>: credentials that the service keeps.</summary>
    public static Option<string?> NamedSecret()
    {
        var secret = new Option<string?>("--secret")
        {
            Description = "the name of a secret that holds the credentials",
        };
        secret.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !SecretName.TryParse(token.Value, out _))
            {
                result.AddError($"'{token.Value}' is not a secret's name, which is {SecretName.Rule}");
            }
        });
        return secret;
    }

    public static Argument<FieldArgument[]> Fields() =>
        new("FIELD")
        {
            Description =
                "such as secret_access_key: asked for unseen, or read as lines FIELD=VALUE from standard input; "
                + "FIELD=@env:VARIABLE takes a variable, FIELD=- all of standard input",
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = FieldArgument.ParseAll,
        };
}
