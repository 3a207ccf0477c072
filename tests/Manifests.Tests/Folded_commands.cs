namespace Trainyard.Manifests.Tests;

/// <summary>A command that was folded in YAML runs as the one line that was meant.</summary>
public sealed class Folded_commands
{
    private const string Ffdl = """
        name: tf_convolutional_network_tutorial
        gpus: 0
        data_stores:
          - id: sl-internal-os
            type: mount_cos
            training_data:
              container: tf_training_data
            training_results:
              container: tf_trained_model
            connection:
              auth_url: http://127.0.0.1:9000
              user_name: test
              password: test
        framework:
          name: tensorflow
          version: "1.5.0-py3"
        """;

    private const string March2018 = """
        model_definition:
          name: net
          framework: {name: python, version: "3"}
          execution:
            compute_configuration: {name: small}
        training_data_reference:
          type: file
          source: {bucket: in}
        training_results_reference:
          type: file
          target: {bucket: out}
        """;

    [Theory]
    [InlineData(
        ">|python3 net.py|  --images ${DATA_DIR}/a.gz|  --labels ${DATA_DIR}/b.gz",
        "python3 net.py --images ${DATA_DIR}/a.gz --labels ${DATA_DIR}/b.gz"
    )]
    [InlineData(
        ">-|python3 net.py|      --images a|    --labels b|--steps 3",
        "python3 net.py --images a --labels b --steps 3"
    )]
    [InlineData(">|python3 net.py \\|  --images a \\|  --labels b", "python3 net.py --images a --labels b")]
    [InlineData(">|python3 net.py|--images a", "python3 net.py --images a")]
    [InlineData("L|a b|c d", "a b\nc d")]
    [InlineData("L|a b \\|  c d", "a b \\\n  c d")]
    public void Lines_that_stand_further_to_the_right_go_on(string written, string expected)
    {
        Assert.Equal(expected, CommandOf(Ffdl + "\n  command: ", "    ", written));
        Assert.Equal(
            expected,
            CommandOf(March2018.Replace("    compute", "    command: COMMAND\n    compute"), "      ", written)
        );
    }

    [Fact]
    public void An_empty_line_parts_two_commands_but_for_FfDL_which_never_had_two()
    {
        const string written = ">|pip install x||python3 net.py|  --images a";

        Assert.Equal("pip install x python3 net.py --images a", CommandOf(Ffdl + "\n  command: ", "    ", written));
        var ours = March2018.Replace("    compute", "    command: COMMAND\n    compute");
        Assert.Equal("pip install x\npython3 net.py --images a", CommandOf(ours, "      ", written));
    }

    private static string? CommandOf(string manifest, string indent, string written)
    {
        // A bar is a line's end here, so that L stands for the sign of a literal block.
        var lines = written.Split('|').Select(line => line == "L" ? "|" : line);
        var block = string.Join('\n', lines.Select((line, i) => i == 0 || line.Length == 0 ? line : indent + line));
        var text = manifest.Contains("COMMAND") ? manifest.Replace("COMMAND", block) : manifest + block + "\n";
        var result = ManifestParser.Parse(text);
        Assert.True(result.Manifest is not null, string.Join('\n', result.Errors.Select(p => p.ToString())));
        return result.Manifest!.Command;
    }
}
