using Trainyard.Architecture.Tests.Rules;

namespace Trainyard.Architecture.Tests;

/// <summary>Every rule can fail: each is shown a made-up repository that breaks it.</summary>
public sealed class RuleTests
{
    [Fact]
    public void A_missing_room_is_noticed() =>
        AssertBroken<RoomsRule>("The room cli/ has no project.", Project("core/Core.csproj"));

    [Fact]
    public void A_project_outside_the_rooms_is_noticed() =>
        AssertBroken<RoomsRule>("helpers/Helpers.csproj is in no room", Project("helpers/Helpers.csproj"));

    [Theory]
    [InlineData("contracts", "../manifests/M.csproj", "contracts may not know manifests")]
    [InlineData("manifests", "../core/C.csproj", "manifests may not know core")]
    [InlineData("core", "../cli/Cli.csproj", "core may not know cli")]
    [InlineData("agent", "../core/C.csproj", "agent may not know core")]
    [InlineData("cli", "../core/C.csproj", "cli may not know core")]
    [InlineData("backends/Embedded", "../../orchestrations/O.csproj", "backends/Embedded may not know orchestrations")]
    [InlineData(
        "orchestrations",
        "../backends/ObjectStores/S.csproj",
        "orchestrations may not know backends/ObjectStores"
    )]
    [InlineData("agent", "../functions/F.csproj", "agent may not know functions")]
    [InlineData("cli", "../agent/A.csproj", "cli may not know agent")]
    [InlineData("runtime/Engine", "../Triggers/T.csproj", "runtime/Engine may not know runtime/Triggers")]
    [InlineData("functions", "../agent/A.csproj", "functions may not know agent")]
    public void A_dependency_against_the_grain_is_noticed(string room, string target, string complaint) =>
        AssertBroken<RoomsRule>(
            complaint,
            Project($"{room}/P.csproj", $"""<ItemGroup><ProjectReference Include="{target}" /></ItemGroup>""")
        );

    [Fact]
    public void A_vault_that_every_build_takes_is_noticed() =>
        AssertBroken<RoomsRule>(
            "functions may not know backends/KeyVault",
            Project(
                "functions/F.csproj",
                """<ItemGroup><ProjectReference Include="../backends/KeyVault/K.csproj" /></ItemGroup>"""
            )
        );

    [Fact]
    public void A_project_that_the_solution_forgot_is_noticed() =>
        AssertBroken<SolutionRule>("core/Core.csproj is not in Functions.sln", Project("core/Core.csproj"));

    [Fact]
    public void A_project_that_is_gone_is_noticed() =>
        AssertBroken<SolutionRule>(
            "lists old/Old.csproj",
            ("Functions.sln", """Project("{1}") = "Old", "old\Old.csproj", "{2}" """)
        );

    [Theory]
    [InlineData("1.*")]
    [InlineData("[1.0,2.0)")]
    [InlineData("")]
    public void A_version_that_floats_is_noticed(string version) =>
        AssertBroken<PackageVersionsRule>("which is not exact", Versions("Some.Package", version));

    [Theory]
    [InlineData("""<PackageReference Include="Some.Package" Version="2.0" />""", "a version of its own")]
    [InlineData("""<PackageReference Include="Some.Package" VersionOverride="2.0" />""", "a version of its own")]
    [InlineData("""<PackageReference Include="Some.Package"><Version>2.0</Version></PackageReference>""", "of its own")]
    [InlineData("""<PackageReference Include="Other.Package" />""", "no central version")]
    public void A_version_outside_the_central_file_is_noticed(string item, string complaint) =>
        AssertBroken<PackageVersionsRule>(
            complaint,
            Versions("Some.Package", "1.0.0"),
            Project("core/Core.csproj", $"<ItemGroup>{item}</ItemGroup>")
        );

    [Theory]
    [InlineData("functions/Program.cs")]
    [InlineData("orchestrations/Story.cs")]
    public void Conditional_code_is_noticed(string path) =>
        AssertBroken<OneSourceForBothHostsRule>(path, (path, "class A\n{\n    #if AZURE\n    #endif\n}\n"));

    [Fact]
    public void A_program_that_differs_by_host_is_noticed() =>
        AssertBroken<OneSourceForBothHostsRule>(
            "takes Azure.Identity in some builds only",
            Project(
                "functions/F.csproj",
                """
                <ItemGroup Condition="'$(FunctionsHost)' == 'azure'">
                  <PackageReference Include="Azure.Identity" />
                </ItemGroup>
                """
            )
        );

    [Fact]
    public void A_web_server_under_the_domain_is_noticed() =>
        AssertBroken<PureCoreRule>(
            "core takes Microsoft.AspNetCore.App",
            Project(
                "core/C.csproj",
                """<ItemGroup><FrameworkReference Include="Microsoft.AspNetCore.App" /></ItemGroup>"""
            )
        );

    [Theory]
    [InlineData("core/A.cs", "using Microsoft.DurableTask;")]
    [InlineData("manifests/A.cs", "using Azure.Storage.Blobs;")]
    [InlineData("contracts/A.cs", "global using Microsoft.AspNetCore.Http;")]
    public void A_host_in_the_domain_is_noticed(string path, string line) =>
        AssertBroken<PureCoreRule>($"{path} uses", (path, $"using System;\n{line}\n"));

    [Fact]
    public void Orchestrations_without_the_ban_are_noticed()
    {
        AssertBroken<DeterministicOrchestrationsRule>("does not take", Project("orchestrations/O.csproj"));
        AssertBroken<DeterministicOrchestrationsRule>("does not hand", Project("orchestrations/O.csproj"));
        AssertBroken<DeterministicOrchestrationsRule>(
            "does not ban M:System.Guid.NewGuid",
            ("orchestrations/BannedSymbols.txt", "P:System.DateTime.UtcNow;\n")
        );
        AssertBroken<DeterministicOrchestrationsRule>(
            "switches the ban off",
            ("orchestrations/Story.cs", "#pragma warning disable RS0030\n")
        );
    }

    [Fact]
    public void A_project_that_relaxes_the_build_is_noticed() =>
        AssertBroken<StrictBuildRule>(
            "core/C.csproj sets Nullable for itself",
            Project("core/C.csproj", "<PropertyGroup><Nullable>disable</Nullable></PropertyGroup>")
        );

    [Fact]
    public void A_relaxed_build_is_noticed() =>
        AssertBroken<StrictBuildRule>("does not set TreatWarningsAsErrors", ("Directory.Build.props", "<Project />"));

    [Fact]
    public void Folders_that_need_each_other_are_noticed() =>
        AssertBroken<FolderCyclesRule>(
            "agent goes in a circle: Jobs -> Verbs (Job.cs uses Verb), Verbs -> Jobs (Verb.cs uses .Run).",
            Project("agent/Agent.csproj"),
            ("agent/Jobs/Job.cs", "using A.Verbs;\nnamespace A.Jobs;\npublic class Job(Verb verb);\n"),
            (
                "agent/Jobs/Run.cs",
                "namespace A.Jobs;\npublic static class Runs\n{ public static int Run(this int i) => 1; }\n"
            ),
            ("agent/Verbs/Verb.cs", "using A.Jobs;\nnamespace A.Verbs;\npublic class Verb { int i = 1.Run(); }\n")
        );

    [Fact]
    public void A_circle_by_way_of_the_folder_above_is_noticed() =>
        AssertBroken<FolderCyclesRule>(
            "cli -> Screen (Bx.cs uses Terminal), Screen -> cli (Terminal.cs uses Failure)",
            Project("cli/Cli.csproj"),
            ("cli/Bx.cs", "using C.Screen;\nnamespace C;\ninternal class Bx { Terminal t; }\n"),
            ("cli/Failure.cs", "namespace C;\ninternal class Failure;\n"),
            ("cli/Screen/Terminal.cs", "namespace C.Screen;\ninternal class Terminal { Failure f; }\n")
        );

    [Fact]
    public void What_comments_and_texts_say_makes_no_circle() =>
        Assert.Empty(
            new FolderCyclesRule().Broken(
                Of(
                    Project("cli/Cli.csproj"),
                    (
                        "cli/A/X.cs",
                        "using C.B;\nnamespace C.A;\n/// <see cref=\"Y\"/>\nclass X { string s = \"Y\"; }\n"
                    ),
                    ("cli/B/Y.cs", "using C.A;\nnamespace C.B;\nclass Y { X x; }\n")
                )
            )
        );

    [Fact]
    public void Two_types_of_one_full_name_are_noticed() =>
        AssertBroken<OneOfEachRule>(
            "A.Twin is declared by core and by manifests.",
            Project("core/C.csproj"),
            Project("manifests/M.csproj"),
            ("core/Twin.cs", "namespace A;\npublic sealed record Twin;\n"),
            ("manifests/Twin.cs", "namespace A;\ninternal enum Twin { One }\n")
        );

    [Fact]
    public void Options_that_two_files_bind_are_noticed() =>
        AssertBroken<OneOfEachRule>(
            "PoolOptions is bound by functions/A.cs and by functions/B.cs.",
            ("functions/A.cs", "class A { object o = Get(PoolOptions.SectionName); }\n"),
            ("functions/B.cs", "class B { object o = Get(PoolOptions.SectionName); }\n")
        );

    [Fact]
    public void A_path_that_is_not_there_is_noticed()
    {
        AssertBroken<DocumentedPathsRule>(
            "docs/architecture.md names core/Gone.cs",
            ("docs/architecture.md", "| step | `core/Gone.cs` |\n")
        );
        AssertBroken<DocumentedPathsRule>(
            "README.md does not name core/.",
            Project("core/C.csproj"),
            ("README.md", "| `docs/` | pages |\n")
        );
    }

    [Theory]
    [InlineData("[a](gone.md)", "docs/a.md links to docs/gone.md, which is not there.")]
    [InlineData("[a](../README.md#gone)", "docs/a.md links to README.md#gone, which has no such heading.")]
    [InlineData("[a](#gone)", "docs/a.md links to docs/a.md#gone, which has no such heading.")]
    public void A_link_that_leads_nowhere_is_noticed(string link, string complaint) =>
        AssertBroken<DocumentedLinksRule>(complaint, ("docs/a.md", link), ("README.md", "# Try it\n"));

    [Fact]
    public void A_call_of_the_client_that_the_page_does_not_have_is_noticed()
    {
        const string page = "docs/runtime.md";
        const string made = "await client.PurgeInstanceAsync(id);";
        const string listed = "The functions of this repository call `PurgeInstanceAsync`";

        AssertBroken<HostCallsRule>("call PurgeInstanceAsync.", (page, listed[..^20]), ("functions/A.cs", made));
        AssertBroken<HostCallsRule>("and none does", (page, listed));
        AssertBroken<HostCallsRule>("does not say", ("functions/A.cs", made));
        Assert.Empty(new HostCallsRule().Broken(Of((page, listed), ("functions/A.cs", made))));
    }

    [Fact]
    public void A_long_file_is_noticed() =>
        AssertBroken<FileLengthRule>(
            "agent/Agent.cs has 401 lines",
            ("agent/Agent.cs", string.Concat(Enumerable.Repeat("// line\n", 401)))
        );

    [Fact]
    public void An_event_that_a_function_raises_itself_is_noticed() =>
        AssertBroken<EventsRule>(
            "functions/Http/CancelRun.cs raises an event itself",
            ("functions/Http/CancelRun.cs", "await client.RaiseEventAsync(id, name);")
        );

    [Theory]
    [InlineData("cd /ro", "ot/trainyard")]
    [InlineData("file:/ho", "me/somebody/trainyard")]
    [InlineData("https://api.nu", "get.org/v3/index.json")]
    public void A_path_or_registry_of_one_machine_is_noticed(string first, string second) =>
        AssertBroken<AnyMachineRule>("docs/a.md names", ("docs/a.md", first + second));

    [Theory]
    [InlineData("Fact")]
    [InlineData("SandboxTheory")]
    [InlineData("Property(MaxTest = 10)")]
    public void A_class_with_tests_that_is_not_called_so_is_noticed(string attribute) =>
        AssertBroken<TestNamesRule>(
            "tests/A.Tests/Downloads.cs: Downloads holds tests",
            ("tests/A.Tests/Downloads.cs", $"public sealed class Downloads\n{{\n    [{attribute}]\n    public void A()")
        );

    private static void AssertBroken<TRule>(string complaint, params (string Path, string Text)[] files)
        where TRule : IRule, new() =>
        Assert.Contains(new TRule().Broken(Of(files)), sentence => sentence.Contains(complaint));

    private static Repository Of(params (string Path, string Text)[] files) =>
        new(files.ToDictionary(file => file.Path, file => file.Text, StringComparer.Ordinal));

    private static (string Path, string Text) Project(string path, string content = "") =>
        (path, $"""<Project Sdk="Microsoft.NET.Sdk">{content}</Project>""");

    private static (string Path, string Text) Versions(string package, string version) =>
        (
            "Directory.Packages.props",
            $"""<Project><ItemGroup><PackageVersion Include="{package}" Version="{version}" /></ItemGroup></Project>"""
        );
}
