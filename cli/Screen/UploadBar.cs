using Spectre.Console;

namespace Trainyard.Cli.Screen;

/// <summary>A progress bar on standard error while an archive goes out; nothing where no person watches.</summary>
internal static class UploadBar
{
    // Below this an upload is over before a bar can be read.
    private const long SmallestShown = 256 * 1024;

    public static Task<T> ShowAsync<T>(Terminal terminal, long total, Func<Action<long>, Task<T>> upload) =>
        terminal.ErrorIsTerminal && total >= SmallestShown ? DrawAsync(terminal, total, upload) : upload(_ => { });

    private static Task<T> DrawAsync<T>(Terminal terminal, long total, Func<Action<long>, Task<T>> upload)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(terminal.Error),
                Ansi = AnsiSupport.Yes,
                ColorSystem = terminal.ErrorHasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.Yes,
            }
        );
        return console
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
    }
}
