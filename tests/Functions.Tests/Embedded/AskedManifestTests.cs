using System.Text;

namespace Trainyard.Functions.Tests;

/// <summary>A request in a manifest takes effect, waits with a reason, or is refused with its place.</summary>
public sealed class AskedManifestTests
{
    public static TheoryData<string, string, string, string> Outcomes
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (var row in AskedManifests.Rows)
            {
                data.Add(row[0], row[1], row[2], row[3]);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task Each_manifest_is_run_or_waits_or_is_refused(
        string manifest,
        string pool,
        string outcome,
        string words
    )
    {
        await using var asked = new AskedPool(pool);

        var (actual, said) = await OutcomeAsync(asked, AskedManifests.Bytes(manifest));

        Assert.Equal(outcome, actual);
        Assert.Contains(words, said);
    }

    [Theory]
    [InlineData(20_000_000, true)]
    [InlineData(20_000_001, false)]
    public async Task A_model_that_alone_takes_more_than_the_disk_that_is_asked_for_is_refused(int bytes, bool isTaken)
    {
        await using var asked = new AskedPool("laptop");
        var text = Encoding.UTF8.GetString(AskedManifests.Bytes("compute.disk.yaml")).Replace("200 GB", "20 MB");

        var result = await asked.SubmitAsync(Encoding.UTF8.GetBytes(text), bytes);

        if (isTaken)
        {
            Assert.Empty(result.Problems);
            return;
        }
        var problem = Assert.Single(result.Problems);
        Assert.Equal(("archive_above_disk", 11, 13), (problem.Code, problem.Line, problem.Column));
        Assert.Equal(
            "`model_definition.execution.compute_configuration.disk` asks for 20 MB, and the model archive alone takes 20000001 B of it, unpacked.",
            problem.Message
        );
    }

    [Fact]
    public void Every_manifest_has_its_outcome() =>
        Assert.Equal(AskedManifests.Names, AskedManifests.Rows.Select(row => row[0]).Distinct().Order());

    private static async Task<(string Outcome, string Said)> OutcomeAsync(AskedPool pool, byte[] manifest)
    {
        var result = await pool.SubmitAsync(manifest);
        if (result.Run is not { } run)
        {
            var problems = result.Problems.OrderBy(problem => problem.Line).ToList();
            var places = problems.Select(problem => $"{problem.Code} {problem.Line}:{problem.Column}");
            return (
                $"refused: {string.Join(", ", places)}",
                string.Join("\n", problems.Select(problem => problem.Message))
            );
        }
        if (await pool.LeaseAsync(run) is var (node, task))
        {
            return ($"runs on {node}", task);
        }
        var reason = await pool.ReasonAsync(run);
        return ($"waits: {reason.Code}", reason.Message);
    }
}
