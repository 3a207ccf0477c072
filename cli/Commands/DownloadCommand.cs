using System.CommandLine;
using Trainyard.Cli.Downloads;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;
using Trainyard.Contracts.Runs;

namespace Trainyard.Cli.Commands;

/// <summary><c>bx ml download results ID [PATH...]</c></summary>
internal static class DownloadCommand
{
    public static Command Create(Binding binding)
    {
        var id = Arguments.Id();
        var paths = new Argument<string[]>("PATH")
        {
            Description = "a file of the run's folder, or with a slash at its end a folder of it (default: all files)",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var to = new Option<string?>("--to")
        {
            Description = "the folder to write to (default: a folder named as the run)",
        };
        var secret = Arguments.NamedSecret();
        var results = new Command("results", "Save the files that a run stored in its bucket.")
        {
            id,
            paths,
            to,
            secret,
        };
        binding.Bind(
            results,
            (session, parsed, token) =>
            {
                var run = parsed.GetRequiredValue(id);
                var folder = Path.TrimEndingDirectorySeparator(session.PathOf(parsed.GetValue(to) ?? $"{run}"));
                var download = new ResultDownload(session.Service.Files, run, folder, parsed.GetValue(secret));
                return RunAsync(session, run, parsed.GetValue(paths) ?? [], folder, download, token);
            }
        );
        return new Command("download", "Save what a run left.") { results };
    }

    private static async Task RunAsync(
        Session session,
        RunId id,
        string[] paths,
        string folder,
        ResultDownload download,
        CancellationToken cancellationToken
    )
    {
        session.Say($"Downloading the results of the training run '{id}' ...");
        var missing = paths.ToHashSet(StringComparer.Ordinal);
        var (saved, there, bytes) = (0, 0, 0L);
        await foreach (var file in FilesAsync(session, id, cancellationToken))
        {
            var wanted = paths.Where(path => IsMeant(path, file)).ToList();
            missing.ExceptWith(wanted);
            if (paths.Length > 0 && wanted.Count == 0)
            {
                continue;
            }
            if (await download.SaveAsync(file, cancellationToken))
            {
                session.Say($"{Words.Size(file.Bytes), 8}   {file.Path}");
                (saved, bytes) = (saved + 1, bytes + file.Bytes);
            }
            else
            {
                there++;
            }
        }
        if (missing.Count > 0)
        {
            throw new CliFailure(
                ExitCode.NotFound,
                "file_not_found",
                $"The run stored nothing as {string.Join(", ", missing.Order(StringComparer.Ordinal).Select(p => $"'{p}'"))}: "
                    + $"'bx ml show results {id}' prints what there is."
            );
        }
        End(session, folder, saved, there, bytes);
    }

    private static void End(Session session, string folder, int saved, int there, long bytes)
    {
        if (session.IsJson)
        {
            session.PrintJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("folder", folder);
                json.WriteNumber("saved", saved);
                json.WriteNumber("already_there", there);
                json.WriteNumber("bytes", bytes);
                json.WriteEndObject();
            });
        }
        var kept = there > 0 ? $"; {Words.Count(there, "was", "were")} there already" : "";
        session.SayOk($"{Words.Count(saved, "file", "files")}, {Words.Size(bytes)}, saved in {folder}{kept}");
    }

    private static bool IsMeant(string path, StoredFileResource file) =>
        path.EndsWith('/') ? file.Path.StartsWith(path, StringComparison.Ordinal) : file.Path == path;

    private static async IAsyncEnumerable<StoredFileResource> FilesAsync(
        Session session,
        RunId id,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var page in session.Service.Files.ListAsync(id, cancellationToken))
        {
            foreach (var file in page.Value.Resources)
            {
                yield return file;
            }
        }
    }
}
