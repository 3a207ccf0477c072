using System.Text;
using Trainyard.Core.Runs;
using Trainyard.Manifests.Model;
using Trainyard.Tests.Shared;

namespace Trainyard.Backends.Tests.Embedded;

/// <summary>What a deleted run leaves in the files of the state folder: nothing.</summary>
public sealed class PurgedRunsTests : IDisposable
{
    private const string Label = "LABEL-7d1c0b";
    private const string Value = "VALUE-90aa4e";
    private const string Command = "COMMAND-52f3e1";

    private readonly EmbeddedHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_deleted_record_is_in_no_page_of_the_database_after_a_clean_stop()
    {
        var runs = Enumerable.Range(0, 20).Select(_ => Marked()).ToList();
        foreach (var run in runs)
        {
            await _home.Runs.CreateAsync(run, default);
        }
        await _home.Runs.ChangeAsync(runs[0].Id, run => run with { ExitCode = 1 }, default);
        _home.Reopen();
        Assert.Contains(Label, Content());

        foreach (var run in runs.Skip(1))
        {
            await _home.Runs.DeleteAsync(run.Id, default);
        }
        await _home.Runs.ChangeAsync(runs[0].Id, run => run with { Manifest = SampleRuns.Manifest }, default);
        _home.Reopen();

        var content = Content();
        Assert.DoesNotContain(runs.Skip(1), run => content.Contains($"{run.Id}"));
        foreach (var text in new[] { Label, Value, Command })
        {
            Assert.DoesNotContain(text, content);
        }
        Assert.Contains($"{runs[0].Id}", content);
    }

    private static TrainingRun Marked()
    {
        var run = SampleRuns.New();
        var manifest = run.Manifest with
        {
            Command = Command + new string('x', 5000),
            Labels = new SortedDictionary<string, string> { ["a"] = Label },
            Env = new SortedDictionary<string, string> { ["B"] = Value },
        };
        return run with { Manifest = manifest };
    }

    private string Content() => Encoding.Latin1.GetString(File.ReadAllBytes(_home.Folder.Database));
}
