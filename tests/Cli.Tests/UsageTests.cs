namespace Trainyard.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("ml lst", "'lst' is no command here, only train, list,")]
    [InlineData("ml list experiment-runs", "experiment-runs are those of one experiment: name its EXPERIMENT-ID")]
    [InlineData("ml list models 5b21ea03-0936-4829-a96c-946638e84d6d", "'models' takes no id")]
    [InlineData("ml list training-runs 5b21ea03-0936-4829-a96c-946638e84d6d", "need both EXPERIMENT-ID and RUN-ID")]
    [InlineData("ml show experiments foo", "'foo' is no id of one")]
    [InlineData(
        "ml list foo",
        "'foo' is none of training-runs, training-definitions, experiments, experiment-runs, models, frameworks, secrets, keys and nodes"
    )]
    [InlineData("ml list", "'WHAT'")]
    [InlineData("ml show training-runs", "'ID'")]
    [InlineData("ml show runs training-DOl4q2LkR", "'runs' is not 'training-runs'")]
    [InlineData("ml show training-runs ..", "'..' is not a run's id")]
    [InlineData("ml show training-runs training-DOl4q2LkR more", "'more' is one argument too many")]
    [InlineData("ml monitor training-runs training-DOl4q2LkR log", "'log' is neither 'logs' nor 'metrics'")]
    [InlineData("ml delete training-runs ..", "'..' is not a run's id")]
    [InlineData("ml delete secrets", "'NAME'")]
    [InlineData("ml delete secrets Lab", "'Lab' is not a secret's name")]
    [InlineData("ml secrets add lab acess_key_id", "'acess_key_id' is no field of a secret, only access_key_id,")]
    [InlineData("ml secrets add lab password password", "'password' is there twice")]
    [InlineData("ml help lst", "'lst' is no command here")]
    [InlineData("ml lst --help", "'lst' is no command here")]
    [InlineData("ml list models --output xml", "'xml' is neither 'text' nor 'json'")]
    public async Task A_wrong_command_line_is_told_in_one_sentence(string line, string expected)
    {
        var run = await BxRun.WithAsync([], line.Split(' '));

        Assert.Equal((2, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("error: ", run.Error);
        Assert.Contains(expected, run.Error);
        Assert.EndsWith(" --help' says how.\n", run.Error);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("training-DOl4q2LkR")]
    [InlineData("training--a-b-c-d-")]
    [InlineData("training-_________")]
    public async Task Ids_with_dashes_are_ids(string id)
    {
        var run = await BxRun.WithAsync(new() { ["ML_ENV"] = "http://127.0.0.1:1" }, "ml", "show", "training-runs", id);

        Assert.Equal(6, run.ExitCode);
        Assert.Contains($"'{id}' ...", run.Out);
    }

    [Theory]
    [InlineData("ml --help", 0)]
    [InlineData("ml help", 0)]
    [InlineData("ml", 2)]
    public async Task Help_names_every_command(string line, int exitCode)
    {
        var run = await BxRun.WithAsync([], line.Split(' '));

        Assert.Equal(exitCode, run.ExitCode);
        Assert.All(
            [
                "train",
                "list",
                "show",
                "monitor",
                "cancel",
                "store",
                "delete",
                "keys",
                "secrets",
                "validate",
                "generate-manifest",
                "version",
                "help",
            ],
            command => Assert.Contains($"  {command} ", run.Out)
        );
    }

    [Fact]
    public async Task Help_explains_one_command()
    {
        var run = await BxRun.WithAsync([], "ml", "help", "monitor");

        Assert.Contains("ml monitor <KIND> <ID> [<logs|metrics>] [command] [options]", run.Out);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Version_has_its_three_lines()
    {
        var run = await BxRun.WithAsync([], "ml", "version");

        Assert.Matches(
            @"^Git Commit Hash: \S+\nUTC Build Time : \d{8}\.\d{6}\nPlugin Version : \d+\.\d+\.\d+\n$",
            run.Out
        );
    }

    [Fact]
    public async Task A_wrong_address_is_told()
    {
        var run = await BxRun.WithAsync(new() { ["ML_ENV"] = "localhost:7071" }, "ml", "list", "models");

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("error: ML_ENV is 'localhost:7071'", run.Error);
    }
}
