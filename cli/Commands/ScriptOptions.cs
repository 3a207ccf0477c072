using System.CommandLine;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Submission;

namespace Trainyard.Cli.Commands;

/// <summary>The options of <c>train</c> that replace a manifest, for a single Python file.</summary>
internal sealed class ScriptOptions
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "for a single Python file: its data bucket",
    };

    private readonly Option<string?> _results = new("--results")
    {
        Description = "for a single Python file: its results bucket",
    };

    private readonly Option<string[]> _with = new("--with")
    {
        Description = "for a single Python file: a package to install; may be repeated",
    };

    private readonly Option<string?> _compute = new("--compute")
    {
        Description = "for a single Python file: its configuration (default: small)",
    };

    private readonly Option<string?> _store = new("--store")
    {
        Description = "for a single Python file: the type of both buckets' store (default: file)",
    };

    private readonly Option<string?> _connection = new("--connection")
    {
        Description = "for a single Python file: the secret with the store's credentials",
    };

    private readonly Option<string?> _endpoint = new("--endpoint")
    {
        Description = "for a single Python file: the store's address",
    };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _data, _results, _with, _compute, _store, _endpoint, _connection })
        {
            command.Add(option);
        }
    }

    public ScriptFlags Read(ParseResult parsed) =>
        new()
        {
            Data = parsed.GetValue(_data),
            Results = parsed.GetValue(_results),
            With = parsed.GetValue(_with) ?? [],
            Compute = parsed.GetValue(_compute),
            Store = parsed.GetValue(_store),
            Endpoint = parsed.GetValue(_endpoint),
            Connection = parsed.GetValue(_connection),
        };
}

/// <summary>The values given for these flags.</summary>
internal sealed record ScriptFlags
{
    public string? Data { get; init; }

    public string? Results { get; init; }

    public IReadOnlyList<string> With { get; init; } = [];

    public string? Compute { get; init; }

    public string? Store { get; init; }

    public string? Endpoint { get; init; }

    public string? Connection { get; init; }

    private bool AreNone =>
        this
            is {
                Data: null,
                Results: null,
                With.Count: 0,
                Compute: null,
                Store: null,
                Endpoint: null,
                Connection: null
            };

    /// <exception cref="CliFailure">A flag says what the manifest says too.</exception>
    public void RefuseBeside(string manifest)
    {
        if (!AreNone)
        {
            throw CliFailure.Usage(
                $"--data, --results, --with, --compute, --store, --endpoint and --connection say what a manifest says: give them, or '{manifest}', but not both."
            );
        }
    }

    /// <exception cref="CliFailure">It is no single Python file, or something is missing.</exception>
    public ScriptRun RunOf(string model, string folder)
    {
        if (!ScriptRun.IsScript(model, folder) || Data is null || Results is null)
        {
            throw ScriptRun.Missing(model);
        }
        var path = Path.GetFullPath(model, folder);
        return new ScriptRun(Path.GetFileName(path), Data, Results)
        {
            Packages = With,
            Compute = Compute ?? "small",
            Store = Store ?? "file",
            Endpoint = Endpoint,
            Connection = Connection,
            IsInline = SaysWhatItNeeds(path, model),
        };
    }

    private static bool SaysWhatItNeeds(string path, string name)
    {
        try
        {
            return ScriptRun.SaysWhatItNeeds(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CliFailure.InvalidInput("unreadable_file", $"'{name}' cannot be read: {Words.Why(e)}.");
        }
    }
}
