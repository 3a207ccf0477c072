metadata description = 'Who the function app and the nodes are: one identity each, so that each gets only its own rights.'

@description('The region.')
@minLength(3)
param location string

@description('Written on every resource.')
param tags { *: string }

@description('Name of the function app\'s identity.')
@minLength(3)
@maxLength(128)
param functionsName string

@description('Name of the nodes\' identity.')
@minLength(3)
@maxLength(128)
param poolName string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: functionsName
  location: location
  tags: tags
}

resource pool 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: poolName
  location: location
  tags: tags
}

@description('Resource id of the function app\'s identity.')
output functionsId string = functions.id

@description('Client id of the function app\'s identity.')
output functionsClientId string = functions.properties.clientId

@description('Resource id of the nodes\' identity.')
output poolId string = pool.id

@description('Client id of the nodes\' identity.')
output poolClientId string = pool.properties.clientId
