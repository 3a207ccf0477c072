using System.Text.Json;
using Trainyard.Cli.Failures;
using Trainyard.Cli.Json;
using Trainyard.Contracts;

namespace Trainyard.Cli.Screen;

/// <summary>Says on standard error why a command failed, and gives the exit code.</summary>
internal sealed class FailureReport(Terminal terminal, bool isJson)
{
    public int Print(CliFailure failure)
    {
        if (isJson)
        {
            terminal.ErrorJson(Json(failure));
        }
        else
        {
            PrintText(failure);
        }
        return (int)failure.ExitCode;
    }

    private void PrintText(CliFailure failure)
    {
        terminal.ErrorLine($"{terminal.PaintError("error:", Colour.Red)} {failure.Message}");
        foreach (var line in failure.Details)
        {
            terminal.ErrorLine(line);
        }
    }

    // The shape of the service's own errors, so that a script reads one shape only.
    private static string Json(CliFailure failure)
    {
        var problem =
            failure.Problem
            ?? new Problem
            {
                Title = "The command failed.",
                Status = 0,
                Code = failure.Code,
                Detail = failure.Message,
            };
        return JsonScreen.OneLine(JsonSerializer.SerializeToElement(problem, CliJson.Wire.Problem));
    }
}
