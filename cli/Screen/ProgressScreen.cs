using Spectre.Console;

namespace Trainyard.Cli.Screen;

/// <summary>Shows progress on standard error; shows nothing when no person watches.</summary>
internal static class ProgressScreen
{
    // A smaller upload ends before anyone can read a bar.
    private const long SmallestShown = 256 * 1024;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(0.3);

    /// <summary>Shows a bar while an archive is being sent.</summary>
    public static Task<T> UploadAsync<T>(Terminal terminal, long total, Func<Action<long>, Task<T>> upload) =>
        terminal.ErrorIsTerminal && total >= SmallestShown ? DrawAsync(terminal, total, upload) : upload(_ => { });

    /// <summary>Shows a spinner while an action takes longer than a moment.</summary>
    /// <param name="terminal">Where it is shown.</param>
    /// <param name="what">What is being done now.</param>
    /// <param name="work">The action.</param>
    public static async Task WaitAsync(Terminal terminal, Func<string> what, Task work)
    {
        if (terminal.ErrorIsTerminal && await Task.WhenAny(work, Task.Delay(Moment)) != work)
        {
            await ConsoleOf(terminal)
                .Status()
                .StartAsync(
                    Markup.Escape(what()),
                    async context =>
                    {
                        while (await Task.WhenAny(work, Task.Delay(Moment)) != work)
                        {
                            context.Status(Markup.Escape(what()));
                        }
                    }
                );
        }
        await work;
    }

    private static Task<T> DrawAsync<T>(Terminal terminal, long total, Func<Action<long>, Task<T>> upload) =>
        ConsoleOf(terminal)
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn()
            )
            .StartAsync(context =>
            {
                var task = context.AddTask("Uploading the model", maxValue: total);
                return upload(bytes => task.Increment(bytes));
            });

    private static IAnsiConsole ConsoleOf(Terminal terminal) =>
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal.Error),
                Ansi = AnsiSupport.Yes,
                ColorSystem = terminal.ErrorHasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
            }
        );
}
