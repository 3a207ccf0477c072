using Microsoft.Extensions.Options;
using Trainyard.Core.Pools;

namespace Trainyard.Agent.Settings;

[OptionsValidator]
internal sealed partial class AgentOptionsValidator : IValidateOptions<AgentOptions>;

[OptionsValidator]
internal sealed partial class NodePoolOptionsValidator : IValidateOptions<PoolOptions>;
