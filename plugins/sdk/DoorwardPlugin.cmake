function(doorward_add_plugin)
endfunction()
