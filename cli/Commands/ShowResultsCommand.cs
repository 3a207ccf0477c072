using System.CommandLine;
using System.Text.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml show results ID</c></summary>
internal static class ShowResultsCommand
{
    private const int SizeWidth = 8;

    public static Command Create(Binding binding)
    {
        var id = Arguments.Id();
        var command = new Command("results", "Show the files that a run stored in its bucket.") { id };
        binding.Bind(command, (session, parsed, token) => RunAsync(session, parsed.GetRequiredValue(id), token));
        return command;
    }

    private static async Task RunAsync(Session session, RunId id, CancellationToken cancellationToken)
    {
        session.Say($"Fetching the files of the training run '{id}' ...");
        var (count, bytes) = (0, 0L);
        var pages = new List<JsonElement>();
        // Printed page by page: there may be a million.
        await foreach (var page in session.Service.Files.ListAsync(id, cancellationToken))
        {
            if (session.IsJson)
            {
                pages.Add(page.Json);
                continue;
            }
            foreach (var file in page.Value.Resources)
            {
                session.Terminal.Line($"{Words.Size(file.Bytes), SizeWidth}   {file.Path}");
                (count, bytes) = (count + 1, bytes + file.Bytes);
            }
        }
        if (session.IsJson)
        {
            session.PrintJson(json => WritePages(json, pages));
        }
        else
        {
            session.Terminal.Line();
            session.Terminal.Line($"{Words.Count(count, "file", "files")}, {Words.Size(bytes)}.");
        }
        session.SayOk("Show results successful");
    }

    private static void WritePages(Utf8JsonWriter json, IEnumerable<JsonElement> pages)
    {
        json.WriteStartObject();
        json.WriteStartArray("resources");
        foreach (var resource in pages.SelectMany(page => page.GetProperty("resources").EnumerateArray()))
        {
            resource.WriteTo(json);
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
