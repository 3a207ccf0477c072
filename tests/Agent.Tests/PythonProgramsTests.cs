using System.IO.Compression;
using Trainyard.Agent.Facts;
using Trainyard.Agent.Jobs;
using Trainyard.Agent.Tests.Service;
using Trainyard.Contracts.Agents;
using Trainyard.Tests.Shared;

namespace Trainyard.Agent.Tests;

/// <summary>Programs of 2018 say <c>python</c> and <c>pip install</c>, whatever the machine calls them and forbids.</summary>
public sealed class PythonProgramsTests
{
    private const string Install =
        "set -e; pip install --no-index ./greeting-1.0-py3-none-any.whl && echo installed; cd /; python -c 'import greeting'; greet";

    public static TheoryData<string, string> Machines
    {
        get
        {
            var machines = new TheoryData<string, string>();
            foreach (var sandbox in Sandbox.HasBubblewrap ? new[] { "bubblewrap" } : [])
            {
                // As the tests' own, with whatever manages Pythons here; and as a stock Debian's.
                machines.Add(sandbox, Environment.GetEnvironmentVariable("PATH")!);
                if (File.Exists("/usr/bin/pip3"))
                {
                    machines.Add(sandbox, "/usr/sbin:/usr/bin:/sbin:/bin");
                }
            }
            return machines;
        }
    }

    [SandboxTheory]
    [MemberData(nameof(Machines))]
    public async Task Packages_can_be_installed_and_used(string sandbox, string path)
    {
        await using var harness = await AgentHarness.OpenAsync();
        harness.StartAgent(sandbox, ("PATH", path));

        var (run, report) = await harness.RunAsync(Install, d => d.Binaries["greeting-1.0-py3-none-any.whl"] = Wheel());

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("\ninstalled\n", run.LogText);
        Assert.Contains("\nhello\nhello\nfrom the script\n", run.LogText);
    }

    [Fact]
    public async Task Python_and_pip_are_there_where_only_their_numbered_names_are()
    {
        await using var harness = await AgentHarness.OpenAsync();
        // A machine with nothing but python3, pip3 and what a shell needs.
        var programs = harness.WriteProgram("pip3", "echo pip3 \"$@\"");
        foreach (var name in new[] { "sh", "bash", "setsid", "env", "true", "python3" })
        {
            File.CreateSymbolicLink(Path.Combine(programs, name), $"/usr/bin/{name}");
        }
        File.CreateSymbolicLink(Path.Combine(programs, "dotnet"), Find("dotnet"));
        harness.StartAgent("none", ("PATH", programs));

        var (run, report) = await harness.RunAsync("python -c 'print(\"py\" + \"thon\")'; pip --version");

        Assert.True(report.Outcome == AttemptOutcome.Succeeded, run.LogText);
        Assert.Contains("\npython\n", run.LogText);
        Assert.Contains("\npip3 --version\n", run.LogText);
    }

    [Fact]
    public async Task The_interpreter_behind_a_shim_comes_first()
    {
        using var folder = new TemporaryFolder();
        var shims = folder.Folder("shims");
        var real = folder.Folder("versions/3.11/bin");
        Write(Path.Combine(real, "python3"), """echo "{\"executable\": \"$0\", \"version\": \"3.11.2\"}" """);
        Write(Path.Combine(real, "python"), "");
        Write(Path.Combine(shims, "python3"), $"exec {real}/python3");
        string[] path = [shims, "/nowhere"];

        var found = PythonPrograms.Behind(await new PythonProbe(path).BeginAsync(), path);

        Assert.Equal(real, found.Folder);
        Assert.Empty(found.Aliases);
        Assert.Equal($"/job/x/.local/bin:{real}:{shims}", found.SearchPath("/job/x", shims));
    }

    private static string Find(string name) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(p => Path.Combine(p, name)).First(File.Exists);

    private static void Write(string file, string script)
    {
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>A package with a module and a script, made by hand: there is no index to take one from.</summary>
    private static byte[] Wheel()
    {
        const string info = "greeting-1.0.dist-info";
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "greeting.py", "print('hello')\ndef main():\n    print('from the script')\n");
            Add(zip, $"{info}/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1.0\n");
            Add(
                zip,
                $"{info}/WHEEL",
                "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            );
            Add(zip, $"{info}/entry_points.txt", "[console_scripts]\ngreet = greeting:main\n");
            Add(zip, $"{info}/RECORD", "");
        }
        return bytes.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open());
        writer.Write(text);
    }
}
