namespace Trainyard.Architecture.Tests.Infra.Running;

/// <summary>What other programs say of the scripts, units and rules of infra/.</summary>
public sealed class ScriptFormTests : IDisposable
{
    private static readonly string Infra = Path.Combine(Repository.Root(), "infra");
    private readonly Script _script = new();

    public void Dispose() => _script.Dispose();

    [ShellFact("shellcheck")]
    public Task Shellcheck_has_nothing_to_say_of_the_shell_scripts() =>
        AssertSilentAsync("shellcheck", "-x", Of("deploy"), Of("teardown"), Of("lib.sh"), Of("agent/await-gpu"));

    [Fact]
    public Task The_shell_scripts_are_shell() => AssertSilentAsync("bash", "-n", Of("deploy"), Of("teardown"));

    [Theory]
    [InlineData("agent/fetch-agent")]
    [InlineData("agent/fetch-pool-key")]
    [InlineData("agent/watch-events")]
    [InlineData("agent/azure_node.py")]
    [InlineData("pack.py")]
    public Task The_python_programs_are_python(string name) =>
        AssertSilentAsync("python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", Of(name));

    [Theory]
    [InlineData("deploy")]
    [InlineData("teardown")]
    [InlineData("agent/await-gpu")]
    public void What_is_started_may_be_started(string name) =>
        Assert.True(File.GetUnixFileMode(Of(name)).HasFlag(UnixFileMode.UserExecute));

    [Fact]
    public async Task A_node_without_a_GPU_does_not_wait_for_one()
    {
        _script.Environment["TRAINYARD_GPU"] = "0";
        Assert.Equal(0, (await _script.RunAsync("sh", Of("agent/await-gpu"))).Code);
    }

    [Fact]
    public async Task A_node_with_a_GPU_waits_for_its_driver_and_makes_the_device_files()
    {
        _script.Environment["TRAINYARD_GPU"] = "1";
        _script.Environment["TRAINYARD_GPU_PAUSE"] = "0";
        _script.StandIn("nvidia-smi", "[ -e ready ] && echo 'GPU 0: one' && exit 0; touch ready; exit 9\n");
        _script.StandIn("nvidia-modprobe", "echo \"$*\" >made\n");

        var (code, output) = await _script.RunAsync("sh", Of("agent/await-gpu"));

        Assert.Equal(0, code);
        Assert.Contains("waiting for its driver", output);
        Assert.Equal("-c 0 -u\n", _script.Read("made"));
    }

    private static string Of(string name) => Path.Combine(Infra, name);

    private async Task AssertSilentAsync(string program, params string[] arguments)
    {
        var (code, output) = await _script.RunAsync(program, arguments);
        Assert.True(code == 0 && output.Length == 0, output);
    }
}
