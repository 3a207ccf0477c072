using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Trainyard.Functions.Http.Streaming;

namespace Trainyard.Functions.Middleware;

/// <summary>
/// Lets functions accept websockets where the host passes them on: the embedded one does, Azure's does not, and there the
/// same routes answer as plain HTTP.
/// </summary>
internal sealed class WebSockets(StreamOptions options) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            // A program may print nothing for hours, and proxies end what is silent.
            app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = options.KeepAliveInterval });
            next(app);
        };
}
