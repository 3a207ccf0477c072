using System.Text.Json;
using Trainyard.Cli.Hosting;
using Trainyard.Cli.Screen;
using Trainyard.Cli.Service;
using Trainyard.Cli.Settings;

namespace Trainyard.Cli.Sessions;

/// <summary>The services that a running command uses.</summary>
internal sealed class Session(CliEnvironment environment, bool isJson) : IDisposable
{
    private ServiceClient? _service;

    public CliEnvironment CliEnvironment { get; } = environment;

    public Terminal Terminal { get; } = new(environment, isJson);

    /// <summary>One JSON document (or JSON lines) instead of the documented texts.</summary>
    public bool IsJson { get; } = isJson;

    /// <summary>Made when first used, so that local commands need no service.</summary>
    public ServiceClient Service => _service ??= new ServiceClient(ServiceSettings.Read(CliEnvironment));

    /// <summary>A line of the documented output; JSON output has none.</summary>
    public void Say(string line)
    {
        if (!IsJson)
        {
            Terminal.Line(line);
        }
    }

    /// <summary>The end of a documented output: OK, and what was done.</summary>
    public void SayOk(string? done = null)
    {
        Say(IsJson ? "OK" : Terminal.Paint("OK", Colour.Green));
        if (done is not null)
        {
            Say(done);
        }
    }

    /// <summary>Prints lines that belong together on standard error, for a message that is no failure.</summary>
    public void Note(params IReadOnlyList<string> lines)
    {
        if (IsJson)
        {
            Terminal.ErrorJson(JsonScreen.Note(string.Join('\n', lines)));
        }
        else
        {
            foreach (var line in lines)
            {
                Terminal.ErrorLine(line);
            }
        }
    }

    public void PrintJson(JsonElement json) => Terminal.Json(JsonScreen.Indented(json));

    public void PrintJson(Action<Utf8JsonWriter> content) => Terminal.Json(JsonScreen.Write(content, indented: true));

    public string PathOf(string argument) => Path.GetFullPath(argument, CliEnvironment.FindFolder());

    public void Dispose()
    {
        Terminal.Restore();
        _service?.Dispose();
    }
}
