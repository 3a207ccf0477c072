using System.Text.Json;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Cli.Sessions;
using Trainyard.Contracts;

namespace Trainyard.Cli.Following;

/// <summary>
/// Prints an experiment's run as it proceeds: states, results, and lines of output, each with its training run.
/// </summary>
internal sealed class ExperimentMonitorScreen(Session session, MonitorScope scope)
{
    private readonly Dictionary<string, string> _states = [];
    private string? _state;

    public void Start(Guid run)
    {
        if (scope is MonitorScope.Everything)
        {
            session.Say($"Starting to fetch status messages for experiment-run-id '{run}'");
        }
    }

    public void Print(ExperimentRunResource run)
    {
        var state = run.Entity.ExperimentRunStatus.State;
        if (scope is MonitorScope.Everything && state != _state)
        {
            session.Say($"Status: {state.ToUpperInvariant()}");
        }
        _state = state;
        foreach (var status in run.Entity.TrainingStatuses)
        {
            if (_states.GetValueOrDefault(status.TrainingGuid) == status.State)
            {
                continue;
            }
            _states[status.TrainingGuid] = status.State;
            Print(status);
        }
    }

    /// <summary>A line of the log, or a metric.</summary>
    public void PrintLine(TrainingStatusResource status, string line)
    {
        var kind = scope is MonitorScope.Metrics ? "METRICS" : "LOGS";
        if (session.IsJson)
        {
            PrintJson(kind.ToLowerInvariant(), status, line);
        }
        else
        {
            session.Terminal.Line($"[--{kind}] {status.TrainingGuid} {NameOf(status)}: {TerminalText.OneLine(line)}");
        }
    }

    public void Finish(ServiceAnswer<ExperimentRunResource> run)
    {
        if (session.IsJson)
        {
            session.Terminal.Json(Event("end", run.Json));
        }
        else if (scope is MonitorScope.Everything)
        {
            session.Terminal.Line();
            new ExperimentFacts(session.Terminal).Print(run.Value);
        }
    }

    /// <summary>Formats the present state of the run as one line of JSON.</summary>
    public static string Event(string kind, JsonElement run) =>
        JsonScreen.Write(
            json =>
            {
                json.WriteStartObject();
                json.WriteString("event", kind);
                json.WritePropertyName("run");
                run.WriteTo(json);
                json.WriteEndObject();
            },
            indented: false
        );

    private void Print(TrainingStatusResource status)
    {
        if (session.IsJson)
        {
            PrintJson("status", status, line: null);
        }
        else if (scope is MonitorScope.Everything)
        {
            var objective = status.Objective is { } value ? $" objective={ExperimentFacts.Number(value)}" : "";
            var values = ExperimentFacts.ValuesOf(status) is { Length: > 0 } text ? $" ({text})" : "";
            session.Terminal.Line($"{status.TrainingGuid} {NameOf(status)}: {status.State}{objective}{values}");
        }
    }

    private void PrintJson(string kind, TrainingStatusResource status, string? line) =>
        session.Terminal.Json(
            JsonScreen.Write(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteString("event", kind);
                    json.WriteString("training_guid", status.TrainingGuid);
                    json.WriteString("training_reference_name", status.TrainingReferenceName);
                    json.WriteString("state", status.State);
                    if (status.Objective is { } value)
                    {
                        json.WriteNumber("objective", value);
                    }
                    if (line is not null)
                    {
                        json.WriteString("line", line);
                    }
                    json.WriteEndObject();
                },
                indented: false
            )
        );

    private static string NameOf(TrainingStatusResource status) =>
        status.SubId is { } number ? $"{status.TrainingReferenceName}_{number}" : status.TrainingReferenceName;
}
