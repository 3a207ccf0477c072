// For trying things out: one spot machine with the smallest GPU, no protection against deletion.
using '../main.bicep'

param environmentName = 'development'
param operatorPrincipalId = readEnvironmentVariable('TRAINYARD_OPERATOR_ID')
param operatorPrincipalType = readEnvironmentVariable('TRAINYARD_OPERATOR_TYPE', 'User')
param storageRedundancy = 'Standard_LRS'
param vaultPurgeProtection = false
param logDailyCapGiB = 1
param durableBackend = 'storage'
param nodeSize = 'Standard_NC4as_T4_v3'
// It has 4 CPUs, and the smallest size that manifests name has 6.
param poolSizeStandIn = true
param nodeCount = int(readEnvironmentVariable('TRAINYARD_NODE_COUNT', '1'))
param nodeMaximum = 1
param nodeSpot = true
param nodeDiskGiB = 128
param nodeTerminationNotice = 'PT5M'
param nodeAdminPublicKey = readEnvironmentVariable('TRAINYARD_NODE_PUBLIC_KEY')
param agentSha256 = readEnvironmentVariable('TRAINYARD_AGENT_SHA256', '')
