using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Trainyard.Runtime.Triggers.Http;

/// <summary>Route values, and query values where no route value has the name. Read when asked for.</summary>
internal sealed class HttpBindingContext(HttpContext http) : BindingContext
{
    private IReadOnlyDictionary<string, object?>? _data;

    public override IReadOnlyDictionary<string, object?> BindingData => _data ??= Read();

    private Dictionary<string, object?> Read()
    {
        var data = new Dictionary<string, object?>(http.Request.RouteValues, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in http.Request.Query)
        {
            data.TryAdd(name, value.ToString());
        }
        return data;
    }
}
