using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>What an archive's own files ask for is there when its command runs.</summary>
public sealed class PythonPackageTests
{
    // Python takes seconds of a busy machine to make an environment.
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(3);

    private const string Program = "import trains_of_tests; print('speed', trains_of_tests.SPEED)\n";

    [PackagesTheory]
    [MemberData(nameof(Sandbox.All), MemberType = typeof(Sandbox))]
    public async Task Requirements_are_installed_once_and_shared_by_runs_of_one_owner(string sandbox)
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var index = await PackageIndex.StartAsync();
        harness.StartAgent(sandbox, ("PIP_INDEX_URL", index.Url));

        var (first, made) = await harness.RunAsync(
            "python3 train.py; touch $VIRTUAL_ENV/own",
            d => Draft(d, "ann"),
            Long
        );
        var fetched = index.Downloads;
        var (second, reused) = await harness.RunAsync("python3 train.py", d => Draft(d, "ann"), Long);
        var other = await harness.RunAsync("python3 train.py", d => Draft(d, "bob"), Long);

        Assert.True(reused.Outcome == AttemptOutcome.Succeeded, second.LogText + reused.Message);
        Assert.Contains("\nspeed 300\n", first.LogText);
        Assert.Contains("Installing what requirements.txt asks for, with pip.\n", first.LogText);
        Assert.Equal(1, fetched);
        Assert.Contains("The environment of requirements.txt is there already.\n", second.LogText);
        Assert.Contains("\nspeed 300\n", second.LogText);
        Assert.Contains("Installing what", other.Run.LogText);
        Assert.Equal(2, index.Downloads);
        if (sandbox == "bubblewrap")
        {
            Assert.Contains("Read-only file system", first.LogText);
        }
        else
        {
            Assert.Equal(AttemptOutcome.Succeeded, made.Outcome);
        }
    }

    [PackagesFact]
    public async Task A_project_s_dependencies_are_installed_and_what_is_not_there_is_the_user_s_in_the_installer_s_words()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var index = await PackageIndex.StartAsync();
        harness.StartAgent(settings: ("PIP_INDEX_URL", index.Url));

        var (project, good) = await harness.RunAsync(
            "python3 train.py",
            d =>
            {
                Draft(d, "ann");
                d.Files.Remove("requirements.txt");
                d.Files["pyproject.toml"] = "[project]\nname = \"x\"\ndependencies = [\"trains-of-tests==1.0\"]\n";
            },
            Long
        );
        var (_, missing) = await harness.RunAsync("true", d => Draft(d, "ann", "no-such-package==7\n"), Long);
        var (_, none) = await harness.RunAsync(
            "true",
            d =>
            {
                Draft(d, "ann");
                d.Files.Remove("requirements.txt");
            }
        );

        Assert.True(good.Outcome == AttemptOutcome.Succeeded, project.LogText + good.Message);
        Assert.Contains("\nspeed 300\n", project.LogText);
        Assert.Equal((AttemptOutcome.DependenciesFailed, (int?)null), (missing.Outcome, missing.ExitCode));
        Assert.Contains("No matching distribution found for no-such-package==7", missing.Message);
        Assert.Equal(AttemptOutcome.DependenciesFailed, none.Outcome);
        Assert.Contains("neither requirements.txt nor pyproject.toml nor uv.lock", none.Message);
    }

    [PackagesFact]
    public async Task What_a_program_says_of_itself_is_installed_beside_what_its_archive_asks_for()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var index = await PackageIndex.StartAsync();
        harness.StartAgent(settings: ("PIP_INDEX_URL", index.Url));
        static string Says(string line) => $"# /// script\r\n# {line}\r\n#\r\n# ///\r\n";

        var (alone, good) = await harness.RunAsync(
            "python3 \"it's.py\"",
            d =>
            {
                Draft(d, "ann");
                d.Files.Remove("requirements.txt");
                d.Files.Remove("train.py");
                d.Files["it's.py"] = Says("dependencies = ['trains-of-tests']") + Program;
            },
            Long
        );
        var (_, both) = await harness.RunAsync(
            "true",
            d =>
            {
                Draft(d, "ann");
                d.Files["train.py"] = Says("dependencies = ['no-such-package']") + Program;
            },
            Long
        );
        var (_, old) = await harness.RunAsync(
            "true",
            d =>
            {
                Draft(d, "ann");
                d.Files["train.py"] = Says("requires-python = '<3.5'") + Program;
            },
            Long
        );

        Assert.True(good.Outcome == AttemptOutcome.Succeeded, alone.LogText + good.Message);
        Assert.Contains("Installing what it's.py asks for, with pip.\n", alone.LogText);
        Assert.Contains("\nspeed 300\n", alone.LogText);
        Assert.Equal(AttemptOutcome.DependenciesFailed, both.Outcome);
        Assert.True(both.Message.Contains("No matching distribution found for no-such-package"), both.Message);
        Assert.Equal(AttemptOutcome.DependenciesFailed, old.Outcome);
        Assert.Contains("it needs Python <3.5, and this node has 3.", old.Message);
    }

    [PackagesFact]
    public async Task A_cancel_ends_an_install_that_gets_no_answer()
    {
        await using var harness = await AgentHarness.OpenAsync();
        await using var index = await PackageIndex.StartAsync(isSilent: true);
        harness.StartAgent(settings: ("PIP_INDEX_URL", index.Url));
        var run = harness.Submit("true", d => Draft(d, "ann"));
        await Eventually.Be("asked", () => index.Requests > 0, Long, () => run.LogText);

        run.CancelRequested = true;

        Assert.Equal(AttemptOutcome.Canceled, (await harness.CompletionAsync(run)).Outcome);
        Assert.Empty(Directory.GetDirectories(Path.Combine(harness.Work, "environments")));
    }

    private static void Draft(RunDraft draft, string owner, string requirements = "trains-of-tests==1.0\n")
    {
        draft.InstallDependencies = true;
        draft.OwnerKey = owner;
        draft.Files["train.py"] = Program;
        draft.Files["requirements.txt"] = requirements;
    }

    /// <summary>A package index with one package.</summary>
    private sealed class PackageIndex(WebApplication app, bool isSilent) : IAsyncDisposable
    {
        private const string Wheel = "trains_of_tests-1.0-py3-none-any.whl";
        private int _requests;
        private int _downloads;

        public int Requests => Volatile.Read(ref _requests);

        public int Downloads => Volatile.Read(ref _downloads);

        public string Url => new Uri(new Uri(app.Urls.First()), "simple").ToString();

        public static async Task<PackageIndex> StartAsync(bool isSilent = false)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var index = new PackageIndex(builder.Build(), isSilent);
            await index.RunAsync();
            return index;
        }

        public async ValueTask DisposeAsync() => await app.DisposeAsync();

        private Task RunAsync()
        {
            app.Run(AnswerAsync);
            return app.StartAsync();
        }

        private async Task AnswerAsync(HttpContext context)
        {
            Interlocked.Increment(ref _requests);
            if (isSilent)
            {
                var forever = Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                await forever.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (context.Request.Path.Value!.EndsWith(Wheel, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _downloads);
                await context.Response.Body.WriteAsync(Content());
            }
            else if (context.Request.Path.StartsWithSegments("/simple/trains-of-tests"))
            {
                context.Response.ContentType = "text/html";
                await context.Response.WriteAsync($"<a href=\"/files/{Wheel}\">{Wheel}</a>");
            }
            else
            {
                context.Response.StatusCode = 404;
            }
        }

        private static byte[] Content()
        {
            const string info = "trains_of_tests-1.0.dist-info";
            var bytes = new MemoryStream();
            using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
            {
                Add(zip, "trains_of_tests.py", "SPEED = 300\n");
                Add(zip, $"{info}/METADATA", "Metadata-Version: 2.1\nName: trains-of-tests\nVersion: 1.0\n");
                Add(
                    zip,
                    $"{info}/WHEEL",
                    "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
                );
                Add(
                    zip,
                    $"{info}/RECORD",
                    $"trains_of_tests.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n"
                );
            }
            return bytes.ToArray();
        }

        private static void Add(ZipArchive zip, string name, string text)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(text);
        }
    }
}

/// <summary>Skipped, with the reason, where Python cannot make environments.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackagesFactAttribute : FactAttribute
{
    internal static string? Missing { get; } =
        Directory.Exists("/usr/lib/python3/dist-packages/pip")
        || Directory.GetDirectories("/usr/lib", "python3.*").Any(d => Directory.Exists(Path.Combine(d, "ensurepip")))
            ? null
            : "python3-venv is not installed";

    public PackagesFactAttribute() => Skip = Missing;
}

/// <summary>The same for a test with several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PackagesTheoryAttribute : TheoryAttribute
{
    public PackagesTheoryAttribute() => Skip = PackagesFactAttribute.Missing;
}
