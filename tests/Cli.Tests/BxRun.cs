using System.Text.Json;
using Trainyard.Cli.Commands;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Tests.Fakes;

namespace Trainyard.Cli.Tests;

/// <summary>What one call of <c>bx</c> printed and returned.</summary>
internal sealed record BxRun(int ExitCode, string Out, string Error)
{
    private static readonly ReconnectPolicy Impatient = new()
    {
        FirstWait = TimeSpan.FromMilliseconds(1),
        LongestWait = TimeSpan.FromMilliseconds(5),
        GiveUpAfter = TimeSpan.FromSeconds(20),
        LongestSilence = TimeSpan.FromSeconds(30),
    };

    /// <summary>Standard output as the one JSON document it should be.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Out);

    /// <summary>Calls <c>bx</c> as alice, with its output going into files.</summary>
    public static Task<BxRun> OfAsync(FakeService service, params string[] arguments) =>
        WithAsync(Variables(service), arguments);

    /// <summary>With a follower that gives up so soon after the last progress.</summary>
    public static Task<BxRun> ImpatientAsync(FakeService service, TimeSpan giveUpAfter, string[] arguments) =>
        RunAsync(Variables(service), false, "", Impatient with { GiveUpAfter = giveUpAfter }, arguments);

    /// <summary>With a follower that takes so long a silence for a broken connection.</summary>
    public static Task<BxRun> SilenceAsync(FakeService service, TimeSpan longest, string[] arguments) =>
        RunAsync(Variables(service), false, "", Impatient with { LongestSilence = longest }, arguments);

    /// <summary>Calls <c>bx</c> without waiting for its end: what it prints can be seen as it comes.</summary>
    public static (Func<string> Out, Task<int> ExitCode) Begin(
        FakeService service,
        CancellationToken cancellationToken,
        params string[] arguments
    )
    {
        var text = new StringWriter { NewLine = "\n" };
        // It locks itself while it is written to.
        var output = TextWriter.Synchronized(text);
        var surroundings = new CliEnvironment
        {
            Out = output,
            Error = TextWriter.Null,
            OutIsTerminal = false,
            ErrorIsTerminal = false,
            Variable = Variables(service).GetValueOrDefault,
            FindFolder = Path.GetTempPath,
            Reconnect = Impatient,
        };
        return (Read, Bx.RunAsync(arguments, surroundings, cancellationToken));

        string Read()
        {
            lock (output)
            {
                return text.ToString();
            }
        }
    }

    public static Task<BxRun> WithAsync(Dictionary<string, string> variables, params string[] arguments) =>
        WithAsync(variables, isTerminal: false, arguments);

    public static Task<BxRun> WithAsync(
        Dictionary<string, string> variables,
        bool isTerminal,
        params string[] arguments
    ) => WithInputAsync(variables, isTerminal, "", arguments);

    /// <param name="variables">The environment.</param>
    /// <param name="isTerminal">Whether input and output are a terminal.</param>
    /// <param name="input">Standard input; on a terminal, the lines that are typed unseen.</param>
    /// <param name="arguments">The command line.</param>
    public static Task<BxRun> WithInputAsync(
        Dictionary<string, string> variables,
        bool isTerminal,
        string input,
        params string[] arguments
    ) => RunAsync(variables, isTerminal, input, Impatient, arguments);

    private static async Task<BxRun> RunAsync(
        Dictionary<string, string> variables,
        bool isTerminal,
        string input,
        ReconnectPolicy policy,
        string[] arguments
    )
    {
        using var reader = new StringReader(input);
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var environment = new CliEnvironment
        {
            Out = output,
            Error = error,
            OutIsTerminal = isTerminal,
            ErrorIsTerminal = isTerminal,
            InIsTerminal = isTerminal,
            OpenInput = () => reader,
            ReadHidden = prompt =>
            {
                prompt();
                return reader.ReadLine() ?? "";
            },
            Variable = variables.GetValueOrDefault,
            FindFolder = () => variables.GetValueOrDefault("PWD", Path.GetTempPath()),
            FindWidth = () => int.Parse(variables.GetValueOrDefault("COLUMNS", "120")),
            Reconnect = policy,
        };
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var code = await Bx.RunAsync(arguments, environment, deadline.Token);
        return new BxRun(code, output.ToString(), error.ToString());
    }

    public static Dictionary<string, string> Variables(FakeService service) =>
        new()
        {
            ["ML_ENV"] = service.Url,
            ["ML_USERNAME"] = FakeService.User,
            ["ML_PASSWORD"] = FakeService.Key,
            ["TRAINYARD_HOME"] = "/nonexistent",
        };
}
