using System.CommandLine;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml delete secrets NAME</c></summary>
internal static class DeleteSecretCommand
{
    public static Command Create(Binding binding)
    {
        var name = Arguments.Secret();
        var command = new Command("secrets", "Destroy a secret; runs that have begun keep their copy.") { name };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(name), token));
        return command;
    }

    private static async Task RunAsync(Session session, SecretName name, CancellationToken cancellationToken)
    {
        session.Say($"Deleting the secret '{name}' ...");
        await session.Service.DeleteSecretAsync(name, cancellationToken);
        session.SayOk("Delete secrets successful");
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("name", name.ToString());
                json.WriteBoolean("deleted", true);
                json.WriteEndObject();
            });
        }
    }
}
