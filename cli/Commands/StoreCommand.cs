using System.CommandLine;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml store training-runs ID</c>, and below it <c>bx ml store results ID</c></summary>
internal static class StoreCommand
{
    public static Command Create(Binding binding)
    {
        var (kind, id) = (Arguments.Kind(), Arguments.Id());
        var name = new Option<string?>("--name")
        {
            Description = "the stored model's name (default: ID model saved from CLI)",
        };
        var command = new Command("store", "Keep a run's model in the repository.")
        {
            kind,
            id,
            name,
            StoreResultsCommand.Create(binding),
            StoreDefinitionCommand.Create(binding),
            StoreExperimentCommand.Create(binding),
        };
        binding.Bind(
            command,
            (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(id), parsed.GetValue(name), token)
        );
        return command;
    }

    private static bool IsBeingStored(StoredModelResource model) =>
        model.Entity.ModelVersion is { ContentStatus.State: "persisting" };

    private static async Task RunAsync(Session session, RunId id, string? name, CancellationToken cancellationToken)
    {
        var stored = await session.Service.StoreAsync(id, name, cancellationToken);
        if (IsBeingStored(stored.Value))
        {
            session.Note("The model is being stored; that goes on when this command ends.");
        }
        while (IsBeingStored(stored.Value))
        {
            // A repeated request waits for up to a minute on the service, and returns the same model.
            stored = await session.Service.StoreAsync(id, name, cancellationToken);
        }
        if (session.IsJson)
        {
            session.PrintJson(stored.Json);
        }
        session.SayOk($"Model store successful. Model-ID is '{stored.Value.Entity.MlAssetGuid}'.");
    }
}
